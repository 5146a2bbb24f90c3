package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import java.util.List;
import java.util.Map;

/**
 * Whatever the text of the settings, the options and the environment are: there are settings, or a
 * {@link SettingsException} whose problems are a line each; and settings that are printed load again to what is printed
 * the same.
 *
 * <p>The input is a text, the value of a variable A, and options, a line each, with a zero byte between them.
 */
class YamlFuzzTest extends FuzzTarget {

    private static final int OPTIONS_MAX = 8;

    @Override
    protected void check(byte[] input) {
        FuzzBytes bytes = new FuzzBytes(input);
        String text = bytes.text();
        // Files that settings name are read: none of this machine.
        String yaml = text.replace("file:", "").replace("/dev/", "");
        Map<String, String> environment = Map.of("A", bytes.text());
        String[] options = bytes.text().lines().limit(OPTIONS_MAX).toArray(String[]::new);
        Settings settings;
        try {
            settings = SettingsLoader.parse(yaml, "decant.yaml", Yaml.BASE_DIR, List.of(options), environment);
        } catch (SettingsException e) {
            assertThat(e.problems()).isNotEmpty();
            e.problems()
                    .forEach(problem -> assertThat(problem.toString().lines()).hasSize(1));
            return;
        }
        String printed = SettingsPrinter.print(settings);
        if (!printed.contains(Secret.HIDDEN)) {
            assertThat(SettingsPrinter.print(Yaml.load(printed))).isEqualTo(printed);
        }
    }
}
