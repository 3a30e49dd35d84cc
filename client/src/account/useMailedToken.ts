import { useEffect, useState } from "react";
import { useLocation, useSearch } from "wouter";

/** The token of a mailed link, taken out of the address: it must not stay in the history, where others may find it. */
export function useMailedToken(): string | undefined {
  const query = useSearch();
  const [path, navigate] = useLocation();
  const [token] = useState(() => new URLSearchParams(query).get("token") ?? undefined);
  useEffect(() => {
    if (token) navigate(path, { replace: true });
  }, [token, path, navigate]);
  return token;
}
