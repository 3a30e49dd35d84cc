import { mix } from "../colour";
import { inksOf, type Layout } from "../scene";

/** Stairs to a lit door, and whoever has just gone through it. */
export const staircase: Layout = (scene) => {
  const { night, main, light, shadow, oneOf } = scene;
  const steps = oneOf(7, 8, 9);
  const [rise, run] = [150 / steps, 200 / steps];
  const flights = Array.from({ length: steps }, (_, index) => ({ x: index * run, y: 292 - (index + 1) * rise }));
  const top = flights.at(-1)?.y ?? 140;
  const mirrored = oneOf(true, false);
  return {
    art: (
      <g transform={mirrored ? "translate(200) scale(-1 1)" : undefined}>
        <rect width="200" height="300" fill={night} />
        <path d={`M${200 - run} ${top - 52} L-60 300 L200 300 V${top} Z`} fill={light} opacity="0.2" />
        <rect x={200 - run - 4} y={top - 56} width="60" height="60" fill={light} />
        {flights.map(({ x, y }, index) => (
          <g key={index}>
            <rect x={x} y={y} width={run + 1} height={300 - y} fill={mix(shadow, main, (index + 1) / (steps * 1.5))} />
            <rect x={x} y={y} width={run} height="2.4" fill={light} opacity={0.35 + (index / steps) * 0.65} />
          </g>
        ))}
      </g>
    ),
    lettering: {
      box: { x: 14, y: 14, width: 172, height: 76 },
      align: mirrored ? "right" : "left",
      stand: "top",
      setting: "block",
      largest: 48,
      on: [night],
      inks: inksOf(scene),
    },
  };
};
