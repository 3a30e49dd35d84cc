import { mix } from "../colour";
import { inksOf, type Layout } from "../scene";

/** A city by night, somebody awake behind every other window. */
export const skyline: Layout = (scene) => {
  const { night, main, light, shadow, between } = scene;
  const row = (top: number, bottom: number, narrowest: number) => {
    const houses: { x: number; width: number; top: number }[] = [];
    for (let x = -6; x < 200; x += (houses.at(-1)?.width ?? 20) + 1) {
      houses.push({ x, width: between(narrowest, narrowest * 1.9), top: between(top, bottom) });
    }
    return houses;
  };
  const [far, near] = [row(140, 200, 20), row(190, 252, 30)];
  const windows = near.flatMap(({ x, width, top }) =>
    Array.from({ length: 40 }, (_, index) => ({
      x: x + 5 + (index % 4) * 8,
      y: top + 9 + Math.floor(index / 4) * 12,
    })).filter((window) => window.x + 4 < x + width - 3 && between(0, 1) > 0.52),
  );
  const moon = { cx: between(40, 160), cy: between(120, 140), r: between(24, 34) };
  return {
    art: (
      <>
        <rect width="200" height="300" fill={night} />
        <circle {...moon} fill={light} />
        <circle {...moon} cx={moon.cx - 9} cy={moon.cy - 6} fill={night} opacity="0.18" />
        {far.map(({ x, width, top }) => (
          <rect key={x} x={x} y={top} width={width} height={300 - top} fill={mix(night, main, 0.62)} />
        ))}
        {near.map(({ x, width, top }) => (
          <rect key={x} x={x} y={top} width={width + 1} height={300 - top} fill={shadow} />
        ))}
        {windows.map(({ x, y }) => (
          <rect key={`${x} ${y}`} x={x} y={y} width="4" height="6" fill={between(0, 1) > 0.3 ? light : main} />
        ))}
      </>
    ),
    lettering: {
      box: { x: 14, y: 14, width: 172, height: 84 },
      align: "left",
      stand: "top",
      setting: "even",
      largest: 56,
      on: [night],
      inks: inksOf(scene),
    },
  };
};
