import { inksOf, type Layout } from "../scene";

/** Stripes that come in from the side and turn the corner, as tape sleeves had them. */
export const bands: Layout = (scene) => {
  const { ground, ramp, between, oneOf } = scene;
  const colours = ramp(6).slice(1);
  const [corner, breadth, flip] = [between(92, 116), oneOf(12, 14, 16), oneOf(true, false)];
  return {
    art: (
      <g transform={flip ? "translate(200) scale(-1 1)" : undefined}>
        <rect width="200" height="300" fill={ground} />
        {colours.map((colour, index) => {
          const radius = 24 + index * breadth;
          return (
            <path
              key={index}
              d={`M-10 ${corner + 110 - radius} H${corner + 20} A${radius} ${radius} 0 0 1 ${corner + 20 + radius} ${corner + 110} V310`}
              fill="none"
              stroke={colour}
              strokeWidth={breadth + 0.5}
            />
          );
        })}
      </g>
    ),
    lettering: {
      box: { x: 14, y: 14, width: 172, height: corner + 110 - 24 - breadth * 4.5 - 24 },
      align: flip ? "right" : "left",
      stand: "top",
      setting: "block",
      largest: 56,
      on: [ground],
      inks: inksOf(scene),
    },
  };
};
