import { mix } from "../colour";
import { inksOf, type Layout } from "../scene";

/** Mountains behind mountains, paler the further off. */
export const ridges: Layout = (scene) => {
  const { ground, main, bright, shadow, between } = scene;
  const haze = mix(bright, main, 0.25);
  const ranges = 5;
  const range = (index: number) => {
    const base = 128 + index * 32;
    const peaks = Array.from(
      { length: 8 },
      (_, step) => `${step * 30 - 5},${base + between(-26, 20) + (step % 2 ? -14 : 10)}`,
    );
    return `M-10,300 L-10,${base} L${peaks.join(" L")} L210,${base} L210,300 Z`;
  };
  const sun = { cx: between(50, 150), cy: between(104, 126), r: between(22, 30) };
  return {
    art: (
      <>
        <rect width="200" height="300" fill={haze} />
        <circle {...sun} fill={mix(bright, "#ffffff", 0.55)} />
        {Array.from({ length: ranges }, (_, index) => (
          <path
            key={index}
            d={range(index)}
            fill={index === ranges - 1 ? shadow : mix(mix(haze, main, 0.45), ground, (index + 0.6) / ranges)}
          />
        ))}
      </>
    ),
    lettering: {
      box: { x: 14, y: 14, width: 172, height: 78 },
      align: "center",
      stand: "top",
      setting: "even",
      largest: 66,
      on: [haze],
      inks: [ground, shadow, ...inksOf(scene)],
    },
  };
};
