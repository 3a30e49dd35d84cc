import { mix } from "../colour";
import { inksOf, type Layout } from "../scene";

/** One lamp, and rain. */
export const rain: Layout = (scene) => {
  const { night, main, light, shadow, between } = scene;
  const lamp = between(62, 138);
  const drops = Array.from({ length: 90 }, () => ({
    x: between(-20, 220),
    y: between(-10, 240),
    length: between(8, 26),
  }));
  return {
    art: (
      <>
        <rect width="200" height="300" fill={night} />
        <rect y="120" width="200" height="120" fill={mix(night, main, 0.2)} opacity="0.6" />
        <path d={`M${lamp} 62 L${lamp - 74} 246 H${lamp + 74} Z`} fill={light} opacity="0.26" />
        <path d={`M${lamp} 62 L${lamp - 44} 246 H${lamp + 44} Z`} fill={light} opacity="0.3" />
        {drops.map(({ x, y, length }, index) => (
          <line
            key={index}
            x1={x}
            y1={y}
            x2={x - length * 0.28}
            y2={y + length}
            stroke={Math.abs(x - lamp) < (y - 62) * 0.4 ? light : main}
            strokeWidth={index % 3 ? 0.8 : 1.4}
            opacity="0.75"
          />
        ))}
        <path
          d={`M${lamp - 1.6} 62 V246 H${lamp + 1.6} V62 Z M${lamp - 15} 62 Q${lamp} 38 ${lamp + 15} 62 Z`}
          fill={shadow}
        />
        <ellipse cx={lamp} cy="246" rx="82" ry="9" fill={light} opacity="0.7" />
        <rect y="250" width="200" height="50" fill={shadow} />
        <ellipse cx={lamp} cy="258" rx="60" ry="3" fill={light} opacity="0.35" />
      </>
    ),
    lettering: {
      box: { x: 12, y: 254, width: 176, height: 38 },
      align: "center",
      stand: "middle",
      setting: "even",
      largest: 34,
      on: [shadow],
      inks: inksOf(scene),
    },
  };
};
