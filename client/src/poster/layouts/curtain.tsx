import { mix } from "../colour";
import { inksOf, type Layout } from "../scene";

/** The curtain, a moment before. */
export const curtain: Layout = (scene) => {
  const { ground, main, light, shadow, between } = scene;
  const folds = 14;
  const fold = 200 / folds;
  const spot = between(80, 120);
  return {
    art: (
      <>
        <rect width="200" height="300" fill={main} />
        {Array.from({ length: folds }, (_, index) => (
          <g key={index}>
            <rect x={index * fold} width={fold} height="262" fill={mix(main, shadow, 0.28 + between(0, 0.22))} />
            <rect x={index * fold} width={fold * between(0.25, 0.5)} height="262" fill={mix(main, shadow, 0.02)} />
          </g>
        ))}
        <ellipse cx={spot} cy="150" rx="86" ry="92" fill={light} opacity="0.2" />
        <ellipse cx={spot} cy="150" rx="74" ry="79" fill={ground} />
        <path d={scallops(6)} fill={mix(main, shadow, 0.5)} />
        <path d={scallops(6)} fill="none" stroke={light} strokeWidth="3" />
        <rect y="262" width="200" height="38" fill={shadow} />
        {Array.from({ length: 9 }, (_, index) => (
          <circle key={index} cx={12 + index * 22} cy="276" r="5" fill={light} />
        ))}
      </>
    ),
    lettering: {
      box: { x: spot - 58, y: 98, width: 116, height: 104 },
      align: "center",
      stand: "middle",
      setting: "even",
      largest: 40,
      on: [ground],
      inks: inksOf(scene),
    },
  };
};

function scallops(count: number): string {
  const span = 200 / count;
  const arcs = Array.from({ length: count }, (_, index) => `A${span / 2} 16 0 0 1 ${200 - (index + 1) * span} 26`);
  return `M0 -4 H200 V26 ${arcs.join(" ")} Z`;
}
