package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the live page shows in a real browser, and what it keeps. */
class PageTest extends PageFixture {

    @Test
    void shouldShowTheWholeServerWithoutAComplaintOfTheBrowser() {
        openLive(server);
        assertThat(browser.text("#name")).isEqualTo("orders-1");
        assertThat(browser.text("#sentence")).isEqualTo("Healthy. The oldest undelivered record is 1.0 s old.");
        assertThat(browser.text("#sinks")).contains("api", "warehouse", "lake", "delivering");
        assertThat(browser.text("#sources")).contains("lines", "listening", "orders", "6 partitions", "255 records");
        assertThat(browser.text("#letters")).contains("refused by the receiver", "a transform could not be applied");
        assertThat(browser.text("#figure-hottest")).startsWith("{\"order\"");
        assertThat(browser.text("#backlog-words")).contains("of 10");
        assertThat(browser.find("#backlog-meter").getDomProperty("max")).isEqualTo(String.valueOf(10L << 30));
        for (String position : List.of("appended", "synced", "cut", "delivered")) {
            assertThat(browser.text("#position-" + position)).as(position).matches("[0-9\u202f]+");
        }
        assertThat(browser.number("document.querySelectorAll('#completed tr').length"))
                .isBetween(98L, 100L);
        assertThat(browser.find("#spark").isDisplayed()).isFalse();
        server.world().setSparkRuns(true);
        browser.await("!document.getElementById('spark').hidden");
        assertThat(browser.text("#spark"))
                .contains("Stage 1 of 2", "of 48 tasks", "3 waves")
                .contains("Sink lake", "Stage 2 of 5: 7 of 12 tasks, 1\u202f234 records", "4 at a time");
        openFirstBatch();
        assertThat(browser.text("#batch-sinks")).contains("api", "warehouse", "lake", "delivered");
        assertThat(browser.number("document.querySelectorAll('[role=img]:not([aria-label])').length"))
                .isZero();
        assertThat(browser.problems()).isEmpty();
    }

    /** With nothing but its events: what the page asks for by itself fails. */
    @Test
    void shouldShowABatchWithinASecondOfItsDelivery() {
        openLive(server);
        browser.watchBatches();
        browser.block(List.of("*/batches*", "*/history*", "*/status*"));
        long number = server.world().deliver(5);
        // How late it was is printed where it is measured; here it must only have come by itself.
        assertThat(browser.batchDelayMillis(number)).isLessThan(60_000);
        assertThat(browser.text("#completed tr")).contains("5", "delivered");
    }

    @Test
    void shouldShowThatASinkGoesDownAndComesBack() {
        server.run();
        openLive(server);
        server.world().setDown("api", true);
        browser.await("document.getElementById('health').dataset.level === 'failing'");
        assertThat(browser.text("#sentence")).contains("Sink api cannot deliver", "503 Service Unavailable");
        assertThat(browser.value("document.title")).asString().startsWith("Failing");
        browser.await("document.querySelector('#sinks .badge').textContent === 'failing'");
        assertThat(browser.text("#sinks tr")).contains("an operator has to fix something", "503 Service Unavailable");
        browser.await("document.querySelectorAll('#active tr').length > 2");
        server.world().setDown("api", false);
        browser.await("document.getElementById('health').dataset.level === 'ok'");
        browser.await("document.querySelector('#sinks .badge').textContent === 'delivering'");
        browser.await("document.querySelectorAll('#active tr').length <= 2");
        assertThat(browser.text("#changes")).contains("Sink api: failing: 503", "Sink api: works");
    }

    /** A page that has just been opened. */
    @Test
    void shouldDrawTheLastTenMinutes() {
        openLive(server);
        for (String panel : List.of("records", "schedulingDelay", "processingDelay", "totalDelay")) {
            String line = "#panel-" + panel + " .line";
            assertThat(linePixels(line, 0, 1)).as(panel).isGreaterThan(200);
            assertThat(linePixels(line, 0.1, 0.25))
                    .as("%s, ten minutes ago", panel)
                    .isGreaterThan(20);
            assertThat(linePixels("#panel-" + panel + " .bars", 0, 1)).as(panel).isGreaterThan(50);
        }
        assertThat(linePixels("#sinks .spark", 0, 1)).isGreaterThan(50);
        assertThat(linePixels("#backlog-chart", 0, 1)).isGreaterThan(50);
        openFirstBatch();
        assertThat(linePixels("#bucket-picture", 0, 1)).isGreaterThan(200);
    }

    @Test
    void shouldRunNothingAndLoadNothingThatIsNotItsOwn() {
        openLive(server);
        Object refused = browser.run("""
                const refused = [];
                document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
                const script = document.createElement("script");
                script.textContent = "window.wasRun = true";
                document.body.append(script);
                const image = document.createElement("img");
                image.src = "http://127.0.0.2:9/picture.png";
                document.body.append(image);
                const box = document.createElement("div");
                box.innerHTML = "<p style='color: red' onclick='window.wasRun = true'>text</p>";
                document.body.append(box);
                box.firstChild.click();
                while (new Set(refused).size < 4) await new Promise((wake) => setTimeout(wake, 10));
                return [...new Set(refused)].sort().join(" ") + " " + window.wasRun;
                """);
        assertThat(refused).isEqualTo("img-src script-src-attr script-src-elem style-src-attr undefined");
    }

    @Test
    void shouldShowWhatComesFromOutsideAsText() {
        String record = "<img src=x onerror=\"document.title='taken'\">";
        server.world().setHottest(record);
        openLive(server);
        assertThat(browser.value("document.getElementById('figure-hottest').textContent"))
                .isEqualTo(record);
        assertThat(browser.number("document.querySelectorAll('main img').length"))
                .isZero();
    }

    @Test
    void shouldGoToTheLoginWhereTheUserIsNotSignedInAnyMore() {
        openLive(server);
        server.setSignedIn(false);
        browser.await("location.pathname === '/login'");
    }

    @Test
    void shouldLogOutWhereThereAreUsers() {
        openLive(server);
        assertThat(browser.find("#logout").isDisplayed()).isFalse();
        server.world().setHasUsers(true);
        browser.await("!document.getElementById('logout').hidden");
        browser.find("#logout").click();
        browser.await("location.pathname === '/login'");
    }

    @Test
    void shouldSayThatTheServerDoesNotAnswerAndGoOnOnceItDoes() {
        server.run();
        openLive(server);
        server.setAnswers(false);
        browser.await("document.getElementById('health').dataset.level === 'unknown'");
        assertThat(browser.text("#sentence"))
                .startsWith("No response from the server since ")
                .contains("retrying");
        assertThat(browser.text("#connection")).isEqualTo("Reconnecting");
        server.setAnswers(true);
        browser.await("document.getElementById('health').dataset.level === 'ok'");
        browser.await("document.getElementById('connection').textContent === 'Live'");
        String batch = browser.text("#figure-batches");
        browser.await("document.getElementById('figure-batches').textContent !== '" + batch + "'");
    }

    /** A server that is busy refuses a request now and then; that is no reason to say that it is down. */
    @Test
    void shouldBearARefusedRequest() throws Exception {
        server.run();
        openLive(server);
        Object levels = browser.run("""
                const health = document.getElementById("health");
                window.levels = [];
                new MutationObserver(() => window.levels.push(health.dataset.level))
                    .observe(health, { attributes: true });
                """);
        assertThat(levels).isNull();
        server.setBusy(1).get(1, TimeUnit.MINUTES);
        String batch = browser.text("#figure-batches");
        browser.await("document.getElementById('figure-batches').textContent !== '" + batch + "'");
        browser.await("document.getElementById('connection').textContent === 'Live'");
        assertThat(browser.value("window.levels.join(' ')")).isEqualTo("");
        var unused = server.setBusy(1_000);
        browser.await("document.getElementById('sentence').textContent === 'The server refuses: busy'");
        var ignored = server.setBusy(0);
        browser.await("document.getElementById('health').dataset.level === 'ok'");
    }

    @Test
    void shouldAskForBatchesWhereThereIsNoRoomForItsEvents() {
        server.setHasRoom(false);
        browser.open(server.url());
        browser.await("document.getElementById('connection').textContent === 'Live, without events'");
        long number = server.world().deliver(5);
        browser.await("document.querySelector('#completed a').hash === '#batch/" + number + "'");
        server.setHasRoom(true);
        browser.await("document.getElementById('connection').textContent === 'Live'");
    }

    @Test
    void shouldWorkBelowThePathOfAProxy() throws IOException {
        try (PageStub below = new PageStub("/ops/decant")) {
            openLive(below);
            openFirstBatch();
            assertThat(browser.value("location.pathname")).isEqualTo("/ops/decant/");
            browser.value("(location.hash = '')");
            browser.find("#replay-any").click();
            browser.find("#replay-send").click();
            browser.await("document.getElementById('replay-cancel').textContent === 'Close'");
            assertThat(below.replays()).containsExactly("{}");
            assertThat(browser.problems()).isEmpty();
        }
    }

    /** What the page keeps, after a day of batches of a second, and after an hour of them. */
    @Test
    void shouldKeepNoMoreAfterADayThanAfterAnHour() {
        openLive(server);
        browser.run("""
                const load = (name) => import(new URL(`page/${name}.js`, document.baseURI));
                const [{ History }, { Batches }] = [await load("history"), await load("batches")];
                const history = new History();
                const batches = new Batches();
                const sinks = ["api", "files", "lake"];
                const some = (second, number) => Array.from({ length: number }, (_, index) => (second + index) % 977);
                const answer = (last, seconds) => ({
                  last,
                  seconds,
                  records: some(last, seconds),
                  totalDelay: some(last, seconds),
                  sinks: Object.fromEntries(sinks.map((sink) => [sink, { lagSeconds: some(last, seconds) }])),
                  sources: { lines: { records: some(last, seconds) } },
                });
                const begin = 1_796_000_000;
                let events = 0;
                const take = (name, event) => batches.take(name, event, `day-${++events}`);
                history.replace(answer(begin, 600));
                let second = begin;
                window.simulate = (seconds) => {
                  for (const end = second + seconds; second < end; ) {
                    second++;
                    if (!history.merge(answer(second, 5))) throw new Error("not merged");
                    const number = second - begin;
                    const batch = { number, window: "a/b", records: 5, bytes: 31, submittedAt: second * 1000 };
                    take("batch-submitted", { ...batch, sinks });
                    for (const sink of sinks) {
                      take("batch-started", { ...batch, sink, startedAt: second * 1000 + 5 });
                      // One sink is down in each second hour.
                      if (sink !== "api" || second % 7200 < 3600) {
                        take("batch-completed", { ...batch, sink, completedAt: second * 1000 + 50 });
                      }
                    }
                  }
                  return [history.times.length, history.values("records").length, history.seriesCount,
                      batches.active.length <= 100, batches.completed.length].join(" ");
                };
                """);
        assertThat(browser.value("simulate(3600)")).isEqualTo("600 600 6 true 100");
        long afterAnHour = browser.heapBytes();
        assertThat(browser.value("simulate(82800)")).isEqualTo("600 600 6 true 100");
        assertThat(browser.heapBytes() - afterAnHour).isLessThan(1 << 20);
    }

    /** An answer that is shared with other pages may be older than what an event has said. */
    @Test
    void shouldNotForgetWhatEventsHaveSaidSinceAnAnswerWasMade() {
        openLive(server);
        assertThat(browser.run("""
                const { Batches } = await import(new URL("page/batches.js", document.baseURI));
                const batches = new Batches();
                const batch = { number: 1, window: "a/b", records: 5, bytes: 31, submittedAt: 1000, sinks: ["api"] };
                const nothing = { submitted: 0, undelivered: 0, active: [], completed: [] };
                const answer = (lastEventId) => ({ ...nothing, lastEventId });
                const shown = () => [batches.active.length, batches.completed.length, batches.isStale].join(" ");
                batches.replace(answer("day-9"));
                batches.take("batch-submitted", batch, "day-10");
                batches.take("batch-completed", { ...batch, sink: "api", completedAt: 1050 }, "day-11");
                const said = [shown()];
                batches.replace(answer("day-9"));
                said.push(shown());
                batches.replace({ ...answer("day-10"), active: [{ number: 1, sinks: { api: { state: "waiting" } } }] });
                said.push(shown());
                batches.replace(answer("day-11"));
                said.push(shown());
                batches.take("batch-submitted", batch, "day-12");
                batches.replace(answer("night-1"));
                said.push(shown());
                return said.join(", ");
                """)).isEqualTo("0 1 true, 0 1 true, 0 1 true, 0 0 false, 0 0 false");
    }

    /** What the page shows, however many batches have gone by. */
    @Test
    void shouldHaveNoMoreElementsAfterManyBatches() {
        openLive(server);
        long second = System.currentTimeMillis() / 1000;
        long elements = 0;
        for (int round = 1; round <= 5; round++) {
            server.world().advanceTo(second + 120L * round);
            long newest = server.world().batches().getLong("submitted");
            browser.await("document.getElementById('figure-batches').textContent.replace(/[^0-9]/g, '') === '" + newest
                    + "'");
            browser.await("document.querySelectorAll('#completed tr').length >= 98");
            long now = browser.number("document.getElementsByTagName('*').length");
            elements = elements == 0 ? now : elements;
            assertThat(now).as("round %d", round).isCloseTo(elements, within(60L));
        }
    }
}
