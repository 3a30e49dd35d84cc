import { mix } from "../colour";
import { inksOf, type Layout } from "../scene";

/** The first letter, too large for the paper. */
export const monogram: Layout = (scene) => {
  const { ground, main, bright, initial, between, oneOf } = scene;
  const [x, turn] = [between(84, 116), oneOf(-8, 0, 0, 6)];
  const letter = (dx: number, dy: number, fill: string) => (
    <text
      x={x + dx}
      y={222 + dy}
      fontSize="270"
      fontWeight="800"
      textAnchor="middle"
      fill={fill}
      transform={`rotate(${turn} 100 150)`}
    >
      {initial}
    </text>
  );
  return {
    art: (
      <>
        <rect width="200" height="300" fill={ground} />
        {[10, 8, 6, 4, 2].map((step) => (
          <g key={step}>{letter(step, step, mix(main, ground, step / 14))}</g>
        ))}
        {letter(0, 0, bright)}
        <rect y="238" width="200" height="62" fill={ground} />
        <rect y="238" width="200" height="3" fill={main} />
      </>
    ),
    lettering: {
      box: { x: 12, y: 246, width: 176, height: 46 },
      align: "left",
      stand: "middle",
      setting: "even",
      largest: 32,
      on: [ground],
      inks: inksOf(scene),
    },
  };
};
