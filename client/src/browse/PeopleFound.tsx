import { useQuery } from "urql";
import { Link } from "wouter";

import { PeopleFoundDocument } from "../graphql/generated/operations";
import styles from "./PeopleFound.module.css";

/** Directors and actors of that name, beside the films. */
export function PeopleFound({ search }: { search: string }) {
  const [{ data }] = useQuery({ query: PeopleFoundDocument, variables: { search } });
  const people = data?.people?.edges ?? [];
  if (people.length === 0) return null;
  return (
    <nav className={styles.people} aria-label="People found">
      <span aria-hidden="true">People</span>
      <ul>
        {people.map(({ node }) => (
          <li key={node.id}>
            <Link href={`/people/${node.slug}`}>{node.name}</Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
