package io.decant.ingest.admin;



import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The live page in a real browser. What the server would say is made up, so that it is the same each time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {

    @TempDir
    static Path profile;

    private PageBrowser browser;
    private PageStub server;

    @BeforeAll
    void startBrowser() {
        browser = PageBrowser.start(profile);
    }

    @AfterAll
    void stopBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = new PageStub("");
        browser.reset(1280, 900);
    }

    @AfterEach
    void stop() {
        browser.block(List.of());
        server.close();
    }

    /** Pictures for the documentation: {@code -Ddecant.screenshots=FOLDER}. */
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
        browser.value("(location.hash = document.querySelector('#completed a').hash)");
        browser.await("document.getElementById('bucket-words').textContent");
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

    private void openLive(PageStub stub) {
        browser.open(stub.url());
        browser.await("document.getElementById('connection').textContent === 'Live'");
    }
}
