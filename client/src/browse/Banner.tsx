import styles from "./Banner.module.css";

const colours = ["--amber", "--orange", "--red", "--plum", "--teal"];

/** What the shop is, in five words, and the stripes that it wears. */
export function Banner() {
  return (
    <div className={styles.banner}>
      <p className={styles.words}>
        Take one
        <br />
        home tonight
      </p>
      <svg className={styles.stripes} viewBox="0 0 420 208" preserveAspectRatio="xMaxYMid meet" aria-hidden="true">
        {colours.map((colour, index) => {
          const radius = 160 - index * 23;
          return (
            <path
              key={colour}
              d={`M430 ${36 + radius} H210 A${radius} ${radius} 0 0 1 ${210 - radius} 36 V-10`}
              fill="none"
              stroke={`var(${colour})`}
              strokeWidth="23.5"
            />
          );
        })}
      </svg>
    </div>
  );
}
