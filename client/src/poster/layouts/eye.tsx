import { mix } from "../colour";
import { inksOf, type Layout } from "../scene";

/** Somebody is watching the one who watches. */
export const eye: Layout = (scene) => {
  const { ground, main, bright, shadow, between, oneOf } = scene;
  const rays = oneOf(28, 36, 44);
  const [look, lift] = [between(-14, 14), between(-5, 5)];
  const [x, y] = [100 + look, 116 + lift];
  const lid = "M6 116 Q100 14 194 116 Q100 218 6 116 Z";
  return {
    art: (
      <>
        <rect width="200" height="300" fill={ground} />
        {Array.from({ length: rays }, (_, index) => {
          const angle = (index / rays) * Math.PI * 2;
          return (
            <path
              key={index}
              d={`M100 116 L${100 + Math.cos(angle - 0.045) * 320} ${116 + Math.sin(angle - 0.045) * 320} L${100 + Math.cos(angle + 0.045) * 320} ${116 + Math.sin(angle + 0.045) * 320} Z`}
              fill={main}
              opacity="0.35"
            />
          );
        })}
        <path d={lid} fill={mix(bright, "#ffffff", 0.4)} stroke={shadow} strokeWidth="5" />
        <circle cx={x} cy={y} r="45" fill={main} />
        {Array.from({ length: 30 }, (_, index) => {
          const angle = (index / 30) * Math.PI * 2;
          return (
            <line
              key={index}
              x1={x + Math.cos(angle) * 22}
              y1={y + Math.sin(angle) * 22}
              x2={x + Math.cos(angle) * 43}
              y2={y + Math.sin(angle) * 43}
              stroke={shadow}
              strokeWidth="2"
              opacity="0.55"
            />
          );
        })}
        <circle cx={x} cy={y} r="22" fill={shadow} />
        <circle cx={x + 9} cy={y - 10} r="7" fill={mix(bright, "#ffffff", 0.7)} />
        <path d="M0 224 H200 V300 H0 Z" fill={ground} />
      </>
    ),
    lettering: {
      box: { x: 14, y: 226, width: 172, height: 62 },
      align: "center",
      stand: "middle",
      setting: "block",
      largest: 44,
      on: [ground],
      inks: inksOf(scene),
    },
  };
};
