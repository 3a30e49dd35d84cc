import { memo } from "react";

import type { PosterArtFragment } from "../graphql/generated/operations";
import { readableOn } from "./colour";
import { layoutOf } from "./layouts";
import { heightOf, type Line, setTitle } from "./lettering";
import { measure } from "./measure";
import styles from "./Poster.module.css";
import { randomOf } from "./random";
import { type Lettering, sceneOf } from "./scene";

const anchors = { left: "start", center: "middle", right: "end" } as const;

/** A film's poster: art by its layout, in its palette, with its title set on it. The film's id decides the details. */
export const Poster = memo(function Poster({ film }: { film: PosterArtFragment }) {
  const { name, poster } = film;
  const layout = layoutOf(poster?.layout ?? 0, randomOf(film.id)());
  const { art, lettering } = layout(sceneOf(film.id, name, poster?.palette ?? []));
  const lines = setTitle(name.toUpperCase(), lettering.box, measure, lettering.setting, lettering.largest);
  return (
    <svg className={styles.poster} viewBox="0 0 200 300" aria-hidden="true">
      {art}
      <Title lines={lines} lettering={lettering} />
    </svg>
  );
});

function Title({ lines, lettering }: { lines: readonly Line[]; lettering: Lettering }) {
  const { box, align, stand } = lettering;
  const x = { left: box.x, center: box.x + box.width / 2, right: box.x + box.width }[align];
  const spare = box.height - heightOf(lines);
  const top = box.y + { top: 0, middle: spare / 2, bottom: spare }[stand];
  return (
    <g fill={readableOn(lettering.on, lettering.inks)} textAnchor={anchors[align]}>
      {lines.map(({ text, size, y }) => (
        <text key={y} x={x} y={top + y} fontSize={size}>
          {text}
        </text>
      ))}
    </g>
  );
}
