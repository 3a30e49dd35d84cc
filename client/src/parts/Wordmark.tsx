const letters = [
  "M6 6 V34 H22", // L
  "M32 34 V17 Q32 6 43 6 Q54 6 54 17 V34 M32 24 H54", // A
  "M84 6 H74 Q65 6 65 13 Q65 20 74 20 H76 Q85 20 85 27 Q85 34 76 34 H65", // S
  "M94 6 H118 M106 6 V34", // T
  "M138 34 V6 H150 Q160 6 160 14 Q160 22 150 22 H138 M149 22 L160 34", // R
  "M171 17 Q171 6 182 6 Q193 6 193 17 V23 Q193 34 182 34 Q171 34 171 23 Z", // O
  "M204 6 V25 Q204 34 212 34 Q219 34 219 26 V14 V26 Q219 34 226 34 Q234 34 234 25 V6", // W
].join(" ");

/** "LAST ROW" in three parallel lines: the same strokes drawn over each other, thinner each time. */
export function Wordmark() {
  return (
    <svg
      viewBox="-1 -1 242 42"
      height="30"
      role="img"
      aria-label="Last Row"
      fill="none"
      strokeLinecap="butt"
      strokeLinejoin="round"
    >
      <path d={letters} stroke="var(--night-ink)" strokeWidth="12" />
      <path d={letters} stroke="var(--night)" strokeWidth="8" />
      <path d={letters} stroke="var(--amber)" strokeWidth="3.6" />
    </svg>
  );
}
