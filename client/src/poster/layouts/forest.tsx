import { mix } from "../colour";
import { inksOf, type Layout } from "../scene";

/** Trunks, and a moon between them. */
export const forest: Layout = (scene) => {
  const { night, main, light, shadow, between } = scene;
  const mist = mix(main, light, 0.35);
  const stand = (count: number, thinnest: number) =>
    Array.from({ length: count }, (_, index) => {
      const [x, half] = [(index + between(0.1, 0.9)) * (200 / count), between(thinnest, thinnest * 1.9)];
      return `M${x - half} 300 L${x - half * 0.7} -5 H${x + half * 0.7} L${x + half * 1.3} 300 Z`;
    });
  const depths = [stand(13, 1.6), stand(9, 3), stand(5, 5.5)];
  return {
    art: (
      <>
        <rect width="200" height="300" fill={mist} />
        <circle cx={between(60, 140)} cy="96" r={between(34, 44)} fill={mix(light, "#ffffff", 0.5)} />
        {depths.map((trunks, depth) => (
          <g key={depth} fill={[mix(mist, night, 0.35), mix(mist, night, 0.72), shadow][depth]}>
            {trunks.map((trunk) => (
              <path key={trunk} d={trunk} />
            ))}
            <rect y={226 + depth * 18} width="200" height="100" />
          </g>
        ))}
        <rect y="244" width="200" height="56" fill={shadow} />
      </>
    ),
    lettering: {
      box: { x: 14, y: 236, width: 172, height: 54 },
      align: "center",
      stand: "bottom",
      setting: "even",
      largest: 56,
      on: [shadow],
      inks: inksOf(scene),
    },
  };
};
