import "./styles/tokens.css";
import "./styles/base.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { createActivityLog } from "./activity/log";
import { createSession } from "./session/session";
import { Shop } from "./Shop";

const session = createSession(window.sessionStorage, new BroadcastChannel("last-row.session"));
const log = createActivityLog();
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <Shop session={session} log={log} />
  </StrictMode>,
);
