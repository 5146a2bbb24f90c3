package io.decant.ingest.admin;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.openqa.selenium.Keys;

/** Makes the pictures of the documentation: {@code -Ddecant.screenshots=FOLDER}. */
class PageScreenshotsTest extends PageFixture {

    @Test
    @EnabledIfSystemProperty(named = "decant.screenshots", matches = ".+")
    void shouldLookAsInTheDocumentation() throws IOException {
        Path folder = Path.of(System.getProperty("decant.screenshots"));
        server.run();
        browser.size(1280, 1130);
        openLive(server);
        browser.screenshot(folder.resolve("page-light.png"));
        browser.size(1280, 2300);
        browser.screenshot(folder.resolve("whole/page-whole.png"));
        browser.size(1280, 940);
        openFirstBatch();
        browser.screenshot(folder.resolve("page-batch.png"));
        browser.value("(location.hash = '')");
        browser.await("!document.getElementById('overview').hidden");
        browser.value("scrollTo(0, 0)");
        browser.size(360, 1400);
        browser.screenshot(folder.resolve("page-narrow.png"));
        browser.size(1280, 900);
        browser.tabTo("#replay-any");
        browser.press(Keys.ENTER);
        browser.screenshot(folder.resolve("page-replay.png"));
        try (PageStub failing = new PageStub("", 45)) {
            failing.run();
            browser.scheme("dark");
            browser.size(1280, 1130);
            openLive(failing);
            browser.screenshot(folder.resolve("page-dark.png"));
            failing.world().setSparkRuns(true);
            browser.await("!document.getElementById('spark').hidden");
            browser.size(1280, 2500);
            browser.screenshot(folder.resolve("whole/page-dark-whole.png"));
        }
    }
}
