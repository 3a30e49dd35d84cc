import { inksOf, type Layout } from "../scene";

/** A sun in slices goes down behind the sea. */
export const sunset: Layout = (scene) => {
  const { ground, bright, sky, between, oneOf } = scene;
  const [x, radius, horizon] = [between(70, 130), between(62, 78), oneOf(182, 196, 206)];
  const slices = Array.from({ length: 7 }, (_, index) => ({
    y: horizon - radius * (0.86 - index * 0.15),
    height: 1.5 + index * 1.1,
  }));
  const glints = Array.from({ length: 13 }, (_, index) => {
    const half = between(0.15, 0.85) * (radius - index * 2.5) + 6;
    return { y: horizon + 5 + index * 7, x: x - half + between(-8, 8), width: half * 2 };
  });
  return {
    art: (
      <>
        {sky.map((colour, index) => (
          <rect
            key={index}
            y={(horizon / sky.length) * index}
            width="200"
            height={horizon / sky.length + 1}
            fill={colour}
          />
        ))}
        <circle cx={x} cy={horizon - radius * 0.12} r={radius} fill={bright} />
        {slices.map(({ y, height }) => (
          <rect key={y} y={y} width="200" height={height} fill={sky[4]} />
        ))}
        <rect y={horizon} width="200" height={300 - horizon} fill={ground} />
        {glints.map((glint) => (
          <rect key={glint.y} {...glint} height="2" rx="1" fill={bright} opacity={0.85} />
        ))}
      </>
    ),
    lettering: {
      box: { x: 14, y: 14, width: 172, height: 96 },
      align: "left",
      stand: "top",
      setting: "block",
      largest: 50,
      on: sky.slice(0, 3),
      inks: inksOf(scene),
    },
  };
};
