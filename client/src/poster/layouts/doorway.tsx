import { mix } from "../colour";
import { inksOf, type Layout } from "../scene";

/** Light from an open door falls over the floor, and somebody stands in it. */
export const doorway: Layout = (scene) => {
  const { night, main, light, shadow, between } = scene;
  const x = between(72, 128);
  return {
    art: (
      <>
        <rect width="200" height="210" fill={night} />
        <rect y="210" width="200" height="90" fill={mix(night, shadow, 0.55)} />
        <path d={`M${x - 22} 212 H${x + 22} L${x + 92} 300 H${x - 70} Z`} fill={light} opacity="0.85" />
        <rect x={x - 24} y="112" width="48" height="100" fill={main} />
        <rect x={x - 20} y="116" width="40" height="96" fill={light} />
        <path d={`M${x - 24} 112 L${x - 46} 100 V222 L${x - 24} 212 Z`} fill={shadow} />
        <g fill={shadow}>
          <circle cx={x + 2} cy="156" r="6.5" />
          <path
            d={`M${x - 7} 166 Q${x + 2} 158 ${x + 11} 166 L${x + 9} 192 H${x + 7} L${x + 6} 213 H${x + 2.6} L${x + 2} 196 L${x + 1.2} 213 H${x - 2.4} L${x - 3} 192 H${x - 5} Z`}
          />
          <path d={`M${x - 2} 213 H${x + 6} L${x + 30} 292 H${x + 4} Z`} opacity="0.8" />
        </g>
      </>
    ),
    lettering: {
      box: { x: 14, y: 14, width: 172, height: 78 },
      align: "left",
      stand: "top",
      setting: "block",
      largest: 46,
      on: [night],
      inks: inksOf(scene),
    },
  };
};
