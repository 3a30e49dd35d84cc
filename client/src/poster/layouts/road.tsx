import { mix } from "../colour";
import { inksOf, type Layout } from "../scene";

/** A road to where the lines meet. */
export const road: Layout = (scene) => {
  const { ground, main, bright, shadow, sky, between } = scene;
  const [x, horizon] = [between(60, 140), 168];
  const marks = Array.from({ length: 7 }, (_, index) => {
    const [near, far] = [horizon + 2 + (index + 0.55) ** 2 * 3.1, horizon + 2 + index ** 2 * 3.1];
    const at = (y: number) => x + ((100 - x) * (y - horizon)) / (300 - horizon);
    const wide = (y: number) => ((y - horizon) / (300 - horizon)) * 5;
    return `M${at(far) - wide(far)} ${far} L${at(far) + wide(far)} ${far} L${at(near) + wide(near)} ${near} L${at(near) - wide(near)} ${near} Z`;
  });
  return {
    art: (
      <>
        {sky.map((colour, index) => (
          <rect
            key={index}
            y={(horizon / sky.length) * index}
            width="200"
            height={horizon / sky.length + 1}
            fill={colour}
          />
        ))}
        <circle cx={x} cy={horizon} r="26" fill={mix(bright, "#ffffff", 0.5)} />
        <path
          d={`M0 ${horizon} L34 ${horizon - 16} L62 ${horizon} L104 ${horizon - 9} L138 ${horizon} L176 ${horizon - 20} L200 ${horizon - 6} V300 H0 Z`}
          fill={mix(ground, shadow, 0.5)}
        />
        <rect y={horizon} width="200" height="140" fill={mix(main, shadow, 0.62)} />
        <path d={`M${x - 2} ${horizon} H${x + 2} L186 300 H14 Z`} fill={shadow} />
        {marks.map((mark) => (
          <path key={mark} d={mark} fill={bright} />
        ))}
      </>
    ),
    lettering: {
      box: { x: 14, y: 14, width: 172, height: 92 },
      align: "center",
      stand: "top",
      setting: "block",
      largest: 46,
      on: sky.slice(0, 3),
      inks: inksOf(scene),
    },
  };
};
