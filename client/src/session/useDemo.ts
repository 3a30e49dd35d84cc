import { useEffect, useState } from "react";

let asked: Promise<boolean> | undefined;

async function isDemo(): Promise<boolean> {
  try {
    const answer = await fetch("/client.json");
    const settings: unknown = answer.ok ? await answer.json() : null;
    return typeof settings === "object" && settings !== null && "demo" in settings && settings.demo === true;
  } catch {
    return false;
  }
}

/** Whether the router says that this is the demo shop; no, until it has said so. */
export function useDemo(): boolean {
  const [demo, setDemo] = useState(false);
  useEffect(() => {
    asked ??= isDemo();
    void asked.then(setDemo);
  }, []);
  return demo;
}
