package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys come from the components of records. */
class SectionKeysTest {

    record Two(int first, boolean wordsOfName) {}

    record Picky(int even) {
        Picky {
            if (even % 2 != 0) {
                throw new IllegalArgumentException("odd: " + even);
            }
        }
    }

    @Test
    void shouldMakeKeysOfComponents() {
        SectionKeys<Two> keys = SectionKeys.of(Two.class);
        Setting<Two, Integer> first = keys.required(Types.wholeNumber(0, 9), "");
        Setting<Two, Boolean> second = keys.optional(Types.TRUTH, true, "");
        Section<Two> section = keys.section();

        assertThat(section.settings()).extracting(Setting::key).containsExactly("first", "words-of-name");
        assertThat(section.defaults(first, 7)).isEqualTo(new Two(7, true));
        assertThat(section.with(new Two(7, true), second, false)).isEqualTo(new Two(7, false));
        assertThat(section.write(new Two(3, false)).values())
                .extracting(raw -> ((Raw.Scalar) raw).text())
                .containsExactly("3", "false");
    }

    @Test
    void shouldRefuseAComponentWithoutASetting() {
        SectionKeys<Two> keys = SectionKeys.of(Two.class);
        keys.required(Types.wholeNumber(0, 9), "");
        assertThatThrownBy(keys::section)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no setting for boolean wordsOfName");
    }

    @Test
    void shouldRefuseASettingWithoutAComponent() {
        SectionKeys<Picky> keys = SectionKeys.of(Picky.class);
        keys.required(Types.wholeNumber(0, 9), "");
        assertThatThrownBy(() -> keys.required(Types.TRUTH, ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("more settings than it has components");
    }

    @Test
    void shouldThrowWhatTheConstructorThrows() {
        SectionKeys<Picky> keys = SectionKeys.of(Picky.class);
        Setting<Picky, Integer> even = keys.required(Types.wholeNumber(0, 9), "");
        Section<Picky> section = keys.section();
        assertThatThrownBy(() -> section.defaults(even, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("odd: 3");
    }

    /** The order of the constants is that of the components: a constant that is out of order has a key of another. */
    @ParameterizedTest
    @MethodSource("sections")
    void shouldNameEachConstantLikeItsKey(Section<?> section) throws IllegalAccessException {
        List<String> named = new ArrayList<>();
        for (Field field : section.type().getDeclaredFields()) {
            if (field.getType() == Setting.class) {
                String key = ((Setting<?, ?>) field.get(null)).key();
                assertThat(field.getName())
                        .isEqualTo(key.toUpperCase(Locale.ROOT).replace('-', '_'));
                named.add(key);
            }
        }
        assertThat(named)
                .containsExactlyElementsOf(
                        section.settings().stream().map(Setting::key).toList());
    }

    static Stream<Section<?>> sections() {
        return Stream.concat(
                Stream.of(
                        General.SECTION,
                        JournalSettings.SECTION,
                        BatchSettings.SECTION,
                        BucketSettings.SECTION,
                        OffloadSettings.SECTION,
                        DeadLetterSettings.SECTION,
                        AdminSettings.SECTION,
                        TlsSettings.SECTION,
                        AuthSettings.SECTION),
                Stream.concat(Settings.SOURCES.types().stream(), Settings.SINKS.types().stream())
                        .map(ComponentType::section));
    }
}
