package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The reference page says what the code does; with {@code -Ddecant.write-reference=true} it is made to. */
class SettingsReferenceTest {
    static final String WRITE_COMMAND =
            "mvn -q -pl config test -Dtest=SettingsReferenceTest -Ddecant.write-reference=true";

    @Test
    void shouldNameAPageThatThereIsForEachType() {
        Path docs = Path.of(System.getProperty("decant.root"), "docs");
        assertThat(Stream.concat(Settings.SOURCES.types().stream(), Settings.SINKS.types().stream()))
                .allSatisfy(type -> assertThat(docs.resolve(type.page())).isRegularFile());
    }

    @Test
    void shouldBeWhatThePageSays() throws IOException {
        Path page = Path.of(System.getProperty("decant.root"), "docs", "settings.md");
        if (Boolean.getBoolean("decant.write-reference")) {
            Files.createDirectories(page.getParent());
            Files.writeString(page, SettingsReference.markdown());
        }

        assertThat(page)
                .as("the page is older than the code; run %s", WRITE_COMMAND)
                .hasContent(SettingsReference.markdown());
    }
}
