import { mix } from "../colour";
import { inksOf, type Layout } from "../scene";

/** A planet, its ring, and what goes round it. */
export const orbit: Layout = (scene) => {
  const { night, main, light, shadow, between } = scene;
  const [x, y, radius, tilt] = [between(80, 120), between(92, 116), between(46, 58), between(-28, 28)];
  const sky = mix(night, shadow, 0.6);
  const stars = Array.from({ length: 60 }, () => ({ cx: between(0, 200), cy: between(0, 230), r: between(0.3, 1.3) }));
  const bands = Array.from({ length: 5 }, (_, index) => ({
    y: y - radius + (index + 0.7) * (radius / 2.6),
    height: between(4, 11),
  }));
  const clip = `planet-${Math.round(between(0, 1e9))}`;
  return {
    art: (
      <>
        <rect width="200" height="300" fill={sky} />
        {stars.map((star, index) => (
          <circle key={index} {...star} fill={light} />
        ))}
        <clipPath id={clip}>
          <circle cx={x} cy={y} r={radius} />
        </clipPath>
        <circle cx={x} cy={y} r={radius} fill={main} />
        <g clipPath={`url(#${clip})`} transform={`rotate(${tilt} ${x} ${y})`}>
          {bands.map((band) => (
            <rect key={band.y} {...band} x={x - 80} width="160" fill={mix(main, light, 0.45)} />
          ))}
          <circle
            cx={x + radius * 0.5}
            cy={y + radius * 0.3}
            r={radius * 1.15}
            fill="none"
            stroke={shadow}
            strokeWidth={radius * 0.5}
            opacity="0.4"
          />
        </g>
        <g transform={`rotate(${tilt} ${x} ${y})`} fill="none" stroke={light}>
          <path d={`M${x - radius} ${y} A${radius * 1.7} ${radius * 0.36} 0 1 0 ${x + radius} ${y}`} strokeWidth="5" />
          <path
            d={`M${x - radius * 1.1} ${y} A${radius * 2} ${radius * 0.46} 0 1 0 ${x + radius * 1.1} ${y}`}
            strokeWidth="1.6"
          />
        </g>
        <circle cx={x - radius * 1.3} cy={y + radius * 1.1} r="5" fill={light} />
      </>
    ),
    lettering: {
      box: { x: 14, y: 206, width: 172, height: 80 },
      align: "center",
      stand: "bottom",
      setting: "even",
      largest: 62,
      on: [sky],
      inks: inksOf(scene),
    },
  };
};
