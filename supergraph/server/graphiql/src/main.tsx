import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { createRoot } from 'react-dom/client';
import { exampleTabs } from './examples';
import { fetcher } from './fetcher';
import { PLAN_PLUGIN } from './PlanPanel';
import './page.css';

const PLUGINS = [HISTORY_PLUGIN, PLAN_PLUGIN];

/** On the first visit the plan panel is open; later it is as it was left. */
const isFirstVisit = localStorage.getItem('graphiql:visiblePlugin') === null;

const container = document.getElementById('graphiql');
if (!container) throw new Error('The page has no element with the id "graphiql".');

const tabs = await exampleTabs();
createRoot(container).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={PLUGINS}
    visiblePlugin={isFirstVisit ? PLAN_PLUGIN : undefined}
    defaultTabs={tabs.length ? tabs : undefined}
    defaultEditorToolsVisibility="variables"
  />,
);
