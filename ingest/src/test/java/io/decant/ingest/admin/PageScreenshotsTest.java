package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Makes the pictures of the documentation: {@code -Ddecant.screenshots=FOLDER}. */
class PageScreenshotsTest extends PageFixture {

    @Test
    @EnabledIfSystemProperty(named = "decant.screenshots", matches = ".+")
    void shouldLookAsInTheDocumentation() throws IOException {
        Path folder = Path.of(System.getProperty("decant.screenshots"));
        server.run();
        browser.size(1280, 1130);
        openLive(server);
        picture(folder.resolve("page-light.png"));
        browser.size(1280, 940);
        openFirstBatch();
        picture(folder.resolve("page-batch.png"));
        browser.value("(location.hash = '')");
        browser.await("!document.getElementById('overview').hidden");
        browser.value("scrollTo(0, 0)");
        browser.size(360, 1400);
        picture(folder.resolve("page-narrow.png"));
        try (PageStub failing = new PageStub("", 45)) {
            failing.run();
            browser.scheme("dark");
            browser.size(1280, 1130);
            openLive(failing);
            picture(folder.resolve("page-dark.png"));
        }
    }

    /** Small enough for the README. */
    private void picture(Path file) throws IOException {
        browser.screenshot(file);
        assertThat(Files.size(file)).as(file.toString()).isLessThanOrEqualTo(200_000);
    }
}
