import { mix } from "../colour";
import { inksOf, type Layout } from "../scene";

/** Lines of a sea, or of a voice. */
export const waves: Layout = (scene) => {
  const { ground, main, bright, between } = scene;
  const lines = 22;
  const centre = between(70, 130);
  const swells = Array.from({ length: 4 }, () => ({
    at: between(-30, 30),
    height: between(8, 19),
    breadth: between(120, 420),
  }));
  const line = (index: number) => {
    const base = 134 + index * 7.7;
    const points = Array.from({ length: 41 }, (_, step) => {
      const x = step * 5;
      const lift = swells.reduce(
        (sum, { at, height, breadth }) =>
          sum + height * Math.exp(-((x - centre - at) ** 2) / breadth) * (0.45 + 0.55 * Math.sin(index * 1.7 + at)),
        0,
      );
      return `${x},${(base - Math.max(0, lift) + between(-1.2, 1.2)).toFixed(1)}`;
    });
    return `M-4,${base} L${points.join(" L")} L204,${base}`;
  };
  return {
    art: (
      <>
        <rect width="200" height="300" fill={ground} />
        {Array.from({ length: lines }, (_, index) => (
          <path
            key={index}
            d={`${line(index)} V320 H-4 Z`}
            fill={ground}
            stroke={mix(bright, main, index / lines)}
            strokeWidth="1.7"
          />
        ))}
      </>
    ),
    lettering: {
      box: { x: 14, y: 14, width: 172, height: 66 },
      align: "left",
      stand: "top",
      setting: "even",
      largest: 54,
      on: [ground],
      inks: inksOf(scene),
    },
  };
};
