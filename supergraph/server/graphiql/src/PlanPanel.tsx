import { useGraphiQL, type GraphiQLPlugin } from '@graphiql/react';
import { useEffect, useState } from 'react';
import './plan.css';

interface PlanAnswer {
  text?: string;
  errors?: { message: string; locations?: { line: number; column: number }[] }[];
}

const PAUSE_IN_TYPING_MS = 300;

/** The headers of the tab, as far as they are JSON: whose plan it is depends on them. */
function parsedHeaders(headers: string): Record<string, string> {
  try {
    return JSON.parse(headers) ?? {};
  } catch {
    return {};
  }
}

async function askForPlan(body: object, headers: string, signal: AbortSignal): Promise<PlanAnswer> {
  const response = await fetch('/graphql/plan', {
    method: 'POST',
    headers: { ...parsedHeaders(headers), 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  if (response.headers.get('content-type')?.startsWith('application/json')) return response.json();
  throw new Error(`The router answered with status ${response.status}.`);
}

/** The plan of the operation under `query`, asked for anew whenever the typing pauses. */
function usePlan(query: string, operationName: string | null, headers: string, explain: boolean): PlanAnswer {
  const [answer, setAnswer] = useState<PlanAnswer>({});
  useEffect(() => {
    if (!query.trim()) {
      setAnswer({});
      return;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      askForPlan({ query, operationName, explain }, headers, abort.signal)
        .then(setAnswer)
        .catch((error: Error) => {
          if (error.name !== 'AbortError') setAnswer({ errors: [{ message: error.message }] });
        });
    }, PAUSE_IN_TYPING_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [query, operationName, headers, explain]);
  return answer;
}

function Errors({ errors }: { errors: NonNullable<PlanAnswer['errors']> }) {
  return (
    <ul className="plan-errors">
      {errors.map(({ message, locations }) => (
        <li key={message}>
          {locations?.[0] && <b>{`${locations[0].line}:${locations[0].column} `}</b>}
          {message}
        </li>
      ))}
    </ul>
  );
}

function lineKind(line: string): string | undefined {
  if (line.startsWith('step ')) return 'plan-step';
  return /^ *fetch \d/.test(line) ? 'plan-fetch' : undefined;
}

function PlanText({ text }: { text: string }) {
  return (
    <pre className="plan-text">
      {text.split('\n').map((line, index) => (
        <span key={index} className={lineKind(line)}>{`${line}\n`}</span>
      ))}
    </pre>
  );
}

function PlanPanel() {
  const [explain, setExplain] = useState(false);
  const tab = useGraphiQL((state) => state.tabs[state.activeTabIndex]);
  const plan = usePlan(tab?.query ?? '', tab?.operationName ?? null, tab?.headers ?? '', explain);
  return (
    <section className="plan" aria-label="Query plan">
      <header className="plan-header">
        <div className="graphiql-doc-explorer-title">Query plan</div>
        <label>
          <input type="checkbox" checked={explain} onChange={(event) => setExplain(event.target.checked)} /> why
        </label>
      </header>
      {plan.errors && <Errors errors={plan.errors} />}
      {plan.text !== undefined && <PlanText text={plan.text} />}
      {!plan.errors && plan.text === undefined && <p>Write an operation, and its plan stands here.</p>}
    </section>
  );
}

function PlanIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <circle cx="5" cy="12" r="2.5" />
      <circle cx="19" cy="5" r="2.5" />
      <circle cx="19" cy="19" r="2.5" />
      <path d="M7.5 12H11a3 3 0 0 0 3-3V8a3 3 0 0 1 2.5-3M11 12a3 3 0 0 1 3 3v1a3 3 0 0 0 2.5 3" />
    </svg>
  );
}

export const PLAN_PLUGIN: GraphiQLPlugin = {
  title: 'Query plan',
  icon: PlanIcon,
  content: PlanPanel,
};
