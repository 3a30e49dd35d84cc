import { inksOf, type Layout } from "../scene";

/** Rings that draw the eye down, each a little off the last. */
export const tunnel: Layout = (scene) => {
  const { ground, ramp, shadow, between } = scene;
  const rings = 11;
  const [driftX, driftY] = [between(-5, 5), between(-4, 2)];
  const colours = ramp(rings);
  return {
    art: (
      <>
        <rect width="200" height="300" fill={ground} />
        {colours.map((colour, index) => (
          <circle
            key={index}
            cx={100 + driftX * index}
            cy={118 + driftY * index}
            r={172 - index * 15.5}
            fill={index % 2 ? colour : index === 0 ? ground : colours[Math.max(0, index - 3)]}
          />
        ))}
        <circle cx={100 + driftX * rings} cy={118 + driftY * rings} r="4" fill={shadow} />
        <path d="M0 222 H200 V300 H0 Z" fill={ground} />
      </>
    ),
    lettering: {
      box: { x: 14, y: 228, width: 172, height: 60 },
      align: "center",
      stand: "middle",
      setting: "even",
      largest: 40,
      on: [ground],
      inks: inksOf(scene),
    },
  };
};
