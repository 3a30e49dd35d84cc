import { mix } from "../colour";
import { inksOf, type Layout } from "../scene";

const tile = 50;

/** Quarter circles laid as tiles. */
export const quarters: Layout = (scene) => {
  const { ground, main, bright, shadow, between, oneOf } = scene;
  const colours = [main, bright, mix(ground, main, 0.4), mix(main, bright, 0.5)] as const;
  const pick = () => oneOf(...colours);
  const tiles = Array.from({ length: 16 }, (_, index) => ({ x: (index % 4) * tile, y: Math.floor(index / 4) * tile }));
  return {
    art: (
      <>
        <rect width="200" height="300" fill={ground} />
        {tiles.map(({ x, y }) => {
          const turn = oneOf(0, 90, 180, 270);
          return (
            <g key={`${x} ${y}`} transform={`translate(${x} ${y}) rotate(${turn} ${tile / 2} ${tile / 2})`}>
              <rect
                width={tile + 0.4}
                height={tile + 0.4}
                fill={oneOf(ground, ground, shadow, mix(ground, main, 0.25))}
              />
              <path d={`M0 0 H${tile} A${tile} ${tile} 0 0 1 0 ${tile} Z`} fill={pick()} />
              {between(0, 1) > 0.5 && (
                <path d={`M0 0 H${tile / 2} A${tile / 2} ${tile / 2} 0 0 1 0 ${tile / 2} Z`} fill={pick()} />
              )}
            </g>
          );
        })}
        <rect y="200" width="200" height="100" fill={ground} />
      </>
    ),
    lettering: {
      box: { x: 14, y: 212, width: 172, height: 76 },
      align: "left",
      stand: "top",
      setting: "even",
      largest: 56,
      on: [ground],
      inks: inksOf(scene),
    },
  };
};
