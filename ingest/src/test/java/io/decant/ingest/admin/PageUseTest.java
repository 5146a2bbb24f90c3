package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** Who can use the live page, and how: in the dark, on a narrow screen, without a pointer, without seeing it. */
class PageUseTest extends PageFixture {

    @Test
    void shouldBeDarkWhereTheUserHasItDark() {
        browser.scheme("dark");
        openLive(server);
        String dark = background();
        assertThat(linePixels("#panel-records .line", 0, 1)).isGreaterThan(200);
        requireContrast();
        browser.scheme("light");
        browser.await("getComputedStyle(document.body).backgroundColor !== '" + dark + "'");
        // Drawn anew in the colours of the style sheet.
        browser.await("document.querySelector('#panel-records canvas') !== null");
        assertThat(linePixels("#panel-records .line", 0, 1)).isGreaterThan(200);
        requireContrast();
    }

    private String background() {
        return (String) browser.value("getComputedStyle(document.body).backgroundColor");
    }

    /** At least 4.5 to 1 for each colour of text on each background (WCAG 2.2, 1.4.3). */
    private void requireContrast() {
        Object low = browser.run("""
                const style = getComputedStyle(document.documentElement);
                const luminance = (name) => {
                  const hex = style.getPropertyValue(`--${name}`).trim();
                  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
                      .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
                  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
                };
                const low = [];
                for (const text of ["text", "muted", "accent", "ok", "waiting", "warning", "failing", "unknown"]) {
                  for (const behind of ["page", "surface"]) {
                    const [a, b] = [luminance(text), luminance(behind)].sort((x, y) => y - x);
                    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(`${text} on ${behind}`);
                  }
                }
                return low.join(", ");
                """);
        assertThat(low).isEqualTo("");
    }

    @Test
    void shouldFitANarrowScreen() {
        browser.size(360, 800);
        openLive(server);
        server.world().setDown("api", true);
        browser.await("document.getElementById('health').dataset.level === 'failing'");
        requireFit();
        browser.tabTo("#replay-any");
        browser.press(Keys.ENTER);
        assertThat(browser.number("Math.ceil(document.getElementById('replay').getBoundingClientRect().right)"))
                .isLessThanOrEqualTo(360);
        browser.press(Keys.ESCAPE);
        openFirstBatch();
        requireFit();
    }

    private void requireFit() {
        assertThat(browser.value("""
                [...document.querySelectorAll("body *")]
                    .filter((one) => one.getBoundingClientRect().right > 361)
                    .filter((one) => !one.parentElement.closest(".scroll, #figures dd"))
                    .map((one) => one.tagName + "#" + one.id + "." + one.className).join(" ")""")).isEqualTo("");
        assertThat(browser.number("document.documentElement.scrollWidth")).isEqualTo(360);
    }

    @Test
    void shouldBeUsedByTheKeyboardAlone() {
        openLive(server);
        browser.tabTo("#choose-sink");
        requireVisibleFocus();
        browser.tabTo("#letters button");
        requireVisibleFocus();
        browser.press(Keys.ENTER);
        browser.await("document.getElementById('replay').open");
        browser.press(Keys.ESCAPE);
        browser.await("!document.getElementById('replay').open");
        assertThat(browser.value("document.activeElement.matches('#letters button')"))
                .isEqualTo(true);
        browser.tabTo("#completed a");
        requireVisibleFocus();
        String batch = browser.text("#completed a");
        browser.press(Keys.ENTER);
        browser.await("!document.getElementById('batch-content').hidden");
        assertThat(browser.value("document.activeElement.id")).isEqualTo("batch-title");
        assertThat(browser.text("#batch-title")).isEqualTo("Batch " + batch);
        browser.tabTo("#batch nav a");
        browser.press(Keys.ENTER);
        browser.await("!document.getElementById('overview').hidden");
        assertThat(browser.value("document.activeElement.textContent")).isEqualTo(batch);
    }

    private void requireVisibleFocus() {
        assertThat(browser.value("getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");
    }

    @Test
    void shouldHaveATableBehindEachChart() {
        openLive(server);
        browser.tabTo("#panel-records summary");
        browser.press(Keys.ENTER);
        browser.await("document.querySelectorAll('#panel-records tbody tr').length === 75");
        long highest = server.world().history(10).getJsonArray("records").stream()
                .mapToLong(value -> ((Number) value).longValue())
                .max()
                .orElseThrow();
        String newest = browser.text("#panel-records tbody tr");
        assertThat(newest.replace("\u202f", "")).endsWith(" " + highest + "/s");
        assertThat(browser.number("[...document.querySelectorAll('#panel-records tbody tr')]"
                        + ".filter((row) => row.textContent.includes('–')).length"))
                .isZero();
        assertThat(browser.number("document.querySelectorAll('article .plots').length"))
                .isEqualTo(browser.number("document.querySelectorAll('article .plots ~ details').length"));
        openFirstBatch();
        browser.tabTo("#bucket-table summary");
        browser.press(Keys.ENTER);
        assertThat(browser.number("document.querySelectorAll('#bucket-rows tr').length"))
                .isGreaterThan(10);
    }

    @Test
    void shouldSayWhatAReplayDoesBeforeItDoes() {
        openLive(server);
        browser.tabTo("#letters button");
        browser.press(Keys.ENTER);
        assertThat(browser.text("#replay-what"))
                .contains("All dead letters of sink api with reason refused are sent again")
                .contains("3 of them", "6 dead letters in all", "new idempotency keys", "cannot be undone")
                .doesNotContain("database");
        browser.choose("#replay-sink", "warehouse");
        assertThat(browser.text("#replay-what")).contains("of sink warehouse", "database", "newer-by");
        browser.choose("#replay-sink", "*");
        browser.choose("#replay-reason", "*");
        assertThat(browser.text("#replay-what")).contains("All 6 dead letters are sent again");
        browser.choose("#replay-sink", "api");
        browser.find("#replay-cancel").click();
        assertThat(server.replays()).isEmpty();
        browser.tabTo("#letters button");
        browser.press(Keys.ENTER);
        browser.tabTo("#replay-send");
        browser.press(Keys.ENTER);
        browser.await("document.getElementById('replay-cancel').textContent === 'Close'");
        assertThat(server.replays()).containsExactly("{\"sink\":\"api\",\"reason\":\"refused\"}");
        assertThat(browser.text("#replay-answer"))
                .contains("4 records are sent again: 3 to api, 1 to warehouse, in 2 batches.")
                .contains("1 letter stays, since a restart might read the record again")
                .contains("2 letters stay, which this replay excludes");
    }

    @Test
    void shouldSayWhyAReplayIsRefused() {
        server.setReplayReply(403, "user anna may only read\n");
        openLive(server);
        browser.find("#replay-any").click();
        browser.find("#replay-send").click();
        browser.await("document.getElementById('replay-answer').textContent.includes('anna')");
        assertThat(browser.text("#replay-answer"))
                .contains("You are not allowed to replay dead letters. Nothing was sent.")
                .contains("user anna may only read");
        server.setReplayReply(503, "another replay is under way\n");
        browser.find("#replay-send").click();
        browser.await("document.getElementById('replay-answer').textContent.includes('under way')");
        server.setReplayReply(401, "sign in\n");
        browser.find("#replay-send").click();
        browser.await("document.querySelector('#replay-answer button') !== null");
        browser.find("#replay-answer button").click();
        browser.await("location.pathname === '/login'");
    }
}
