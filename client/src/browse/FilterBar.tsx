import { useQuery } from "urql";
import { useLocation } from "wouter";

import { GenresDocument } from "../graphql/generated/operations";
import { Choice, Field } from "../parts/Field";
import { Options } from "../parts/Options";
import { certificationLabels } from "../wording/terms";
import styles from "./FilterBar.module.css";
import { type Filters, isNarrowed, queryOf, sorts } from "./filters";

/** What narrows the shelf; a change shows at once and is written into the address. */
export function FilterBar({ filters, count }: { filters: Filters; count: number | undefined }) {
  const [, navigate] = useLocation();
  const [{ data }] = useQuery({ query: GenresDocument });
  const set = (change: Partial<Filters>) => {
    const query = queryOf({ ...filters, ...change });
    navigate(query ? `/?${query}` : "/", { replace: true });
  };

  return (
    <search className={styles.bar}>
      <Choice label="Genre" value={filters.genre} onChange={(event) => set({ genre: event.target.value })}>
        <option value="">Every genre</option>
        {data?.genres?.map(({ slug, name }) => (
          <option key={slug} value={slug}>
            {name}
          </option>
        ))}
      </Choice>
      <Choice
        label="Certification"
        value={filters.certification}
        onChange={(event) => set({ certification: event.target.value as Filters["certification"] })}
      >
        <option value="">Any</option>
        <Options of={certificationLabels} />
      </Choice>
      <Year label="From year" value={filters.from} set={(from) => set({ from })} />
      <Year label="To year" value={filters.to} set={(to) => set({ to })} />
      <Choice
        label="Order"
        value={filters.sort}
        onChange={(event) => set({ sort: event.target.value as Filters["sort"] })}
      >
        {Object.entries(sorts).map(([value, { label }]) => (
          <option key={value} value={value}>
            {value === "best" && !filters.search ? "Shop's order" : label}
          </option>
        ))}
      </Choice>
      <p className={styles.count} role="status">
        {count !== undefined && `${count} ${count === 1 ? "film" : "films"}`}
      </p>
      {isNarrowed(filters) && (
        <button type="button" className="button quiet" onClick={() => navigate("/")}>
          Clear
        </button>
      )}
    </search>
  );
}

/** A year that counts once it has four digits; the field keeps what is typed until then. */
function Year({
  label,
  value,
  set,
}: {
  label: string;
  value: number | undefined;
  set: (year: number | undefined) => void;
}) {
  return (
    <Field
      key={value ?? "none"}
      label={label}
      inputMode="numeric"
      pattern="\d{4}"
      maxLength={4}
      size={5}
      defaultValue={value ?? ""}
      autoComplete="off"
      onBlur={({ target }) =>
        target.value !== String(value ?? "") &&
        /^(\d{4})?$/.test(target.value) &&
        set(Number(target.value) || undefined)
      }
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}
