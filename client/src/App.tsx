import { Route, Switch } from "wouter";

import { AccountPage } from "./account/AccountPage";
import { ActivatePage } from "./account/ActivatePage";
import { RegisterPage } from "./account/RegisterPage";
import { ForgottenPage, ResetPage } from "./account/ResetPage";
import { SignInPage } from "./account/SignInPage";
import { ActivityPanel } from "./activity/ActivityPanel";
import type { ActivityLog } from "./activity/log";
import styles from "./App.module.css";
import { BrowsePage } from "./browse/BrowsePage";
import { PersonPage } from "./browse/PersonPage";
import { CounterPage } from "./counter/CounterPage";
import { EditFilmPage } from "./counter/EditFilmPage";
import { NewFilmPage } from "./counter/NewFilmPage";
import { FilmPage } from "./film/FilmPage";
import { useRentalChanges } from "./graphql/live";
import { Header } from "./parts/Header";
import { NotFoundPage } from "./parts/NotFoundPage";
import { RentalsPage } from "./rentals/RentalsPage";
import { useViewer } from "./session/useViewer";
import { WatchlistPage } from "./watchlist/WatchlistPage";

interface AppProps {
  log: ActivityLog;
  activityShown: boolean;
  showActivity: (shown: boolean) => void;
}

/** The shop window: its frame, and the page that the address names. */
export function App({ log, activityShown, showActivity }: AppProps) {
  const visitor = useViewer();
  useRentalChanges(visitor.signedIn);

  return (
    <div className={styles.shop}>
      <a href="#content" className={styles.skip}>
        Skip to the page
      </a>
      <Header visitor={visitor} activityShown={activityShown} showActivity={showActivity} />
      <main id="content" className={styles.content}>
        <Switch>
          <Route path="/" component={BrowsePage} />
          <Route path="/films/:slug">{({ slug }) => <FilmPage key={slug} slug={slug} />}</Route>
          <Route path="/people/:slug">{({ slug }) => <PersonPage key={slug} slug={slug} />}</Route>
          <Route path="/rentals" component={RentalsPage} />
          <Route path="/watchlist" component={WatchlistPage} />
          <Route path="/account" component={AccountPage} />
          <Route path="/sign-in" component={SignInPage} />
          <Route path="/register" component={RegisterPage} />
          <Route path="/activate" component={ActivatePage} />
          <Route path="/forgotten-password" component={ForgottenPage} />
          <Route path="/reset-password" component={ResetPage} />
          <Route path="/counter" component={CounterPage} />
          <Route path="/counter/films/new" component={NewFilmPage} />
          <Route path="/counter/films/:slug">{({ slug }) => <EditFilmPage key={slug} slug={slug} />}</Route>
          <Route>
            <NotFoundPage />
          </Route>
        </Switch>
      </main>
      <footer className={styles.footer}>
        <p>Last Row lends films from the back of the house. Posters are drawn by the shop, for the shop.</p>
      </footer>
      {activityShown && <ActivityPanel log={log} close={() => showActivity(false)} />}
    </div>
  );
}
