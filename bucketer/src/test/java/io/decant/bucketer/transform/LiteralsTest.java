package io.decant.bucketer.transform;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.decant.bucketer.Memory;
import io.decant.bucketer.RecordText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts are found where RE2 finds them. */
class LiteralsTest {

    private static final int RECORDS_A_TRY = 50;
    private static final int RECORD_BYTES_MAX = 40;
    /** Also what is no well-formed UTF-8. */
    private static final String BYTES = "abcdeABCDE|.\\ \u00c3\u00a9\u00ff";

    private static final List<String> PARTS =
            List.of("a", "b", "c", "d", "e", "A", "B", "|", "|", "\\.", "\\|", "\\\\", " ", ".", "a*", "(b)", "\\d");

    @Property(tries = 1000)
    void shouldFindWhatRe2Finds(@ForAll Random random) {
        StringBuilder expression = new StringBuilder();
        for (int i = random.nextInt(8); i > 0; i--) {
            expression.append(PARTS.get(random.nextInt(PARTS.size())));
        }
        if (random.nextInt(4) == 0) {
            expression.insert(0, random.nextBoolean() ? "(" : "(?:").append(')');
        }
        Pattern pattern;
        try {
            pattern = Pattern.compile(expression.toString());
        } catch (PatternSyntaxException e) {
            return;
        }
        Optional<Literals> literals = Literals.of(expression.toString());
        for (int i = 0; i < RECORDS_A_TRY && literals.isPresent(); i++) {
            byte[] record = new byte[random.nextInt(RECORD_BYTES_MAX)];
            for (int at = 0; at < record.length; at++) {
                record[at] = (byte) BYTES.charAt(random.nextInt(BYTES.length()));
            }
            assertThat(find(literals.get(), record))
                    .as("%s in %s", expression, new String(record, StandardCharsets.ISO_8859_1))
                    .isEqualTo(find(pattern, record));
        }
    }

    private static boolean find(Literals literals, byte[] record) {
        long memory = copy(record);
        try {
            return literals.find(memory, memory + record.length);
        } finally {
            Memory.free(memory, record.length + 1L);
        }
    }

    private static boolean find(Pattern pattern, byte[] record) {
        long memory = copy(record);
        try {
            RecordText text = new RecordText();
            text.set(memory, record.length);
            return pattern.matcher(text).find();
        } finally {
            Memory.free(memory, record.length + 1L);
        }
    }

    private static long copy(byte[] record) {
        long memory = Memory.allocate(record.length + 1L);
        Memory.copyFromArray(record, 0, record.length, memory);
        return memory;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "WARN|ERROR", "a|b|c|d|e|f", "\\.x|y", "a||b", "(a)", "(a|b)", "(?:a|b)", "()"})
    void shouldTakeTexts(String expression) {
        assertThat(Literals.of(expression)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.",
                "^a",
                "a$",
                "(a)|(b)",
                "((a))",
                "(?i)a",
                "(?P<x>a)",
                "[a]",
                "a+",
                "\\d",
                "\u00e9",
                "a{2}",
                "\\pN"
            })
    void shouldLeaveAllElseToOthers(String expression) {
        assertThat(Literals.of(expression)).isEmpty();
    }

    @Test
    void shouldNotLookBehindTheEnd() {
        long memory = copy("ERRO".getBytes(StandardCharsets.US_ASCII));
        try {
            Memory.putByte(memory + 4, (byte) 'R');
            Literals literals = Literals.of("ERROR|WARN").orElseThrow();
            assertThat(literals.find(memory, memory + 4)).isFalse();
            assertThat(literals.find(memory, memory + 5)).isTrue();
        } finally {
            Memory.free(memory, 5);
        }
    }
}
