package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegexScannerTest {

    private static final int RECORDS_A_TRY = 60;
    private static final String[] ATOMS = {
        "a", "b", "=", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S", ".", "[ab]", "[^ab]", "[a-b1]", "[^=]", "[-a]", "\\.",
        "[^\\d]", "[\\s=]", "\\t", "[b-]", " ", "1", "\u00e9"
    };
    private static final String[] REPEATS = {"", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "{2,}", "*?", "{0}"};
    private static final String[] PIECES = {
        "a", "b", "a", "b", "=", "1", " ", ".", "\t", "\n", "\r", "-", "\u00e9", "\u6f22", "\ud83d\ude00", "\u0130"
    };
    private static final byte[][] STRAYS = {{(byte) 0xFF}, {(byte) 0xC3}, {(byte) 0x80}, {(byte) 0xE6, (byte) 0xBC}};

    /** What the scanner decides itself, it decides as RE2/J does. */
    @Property(tries = 4000)
    void shouldFindWhatRe2Finds(@ForAll Random random) {
        String expression = expression(random);
        RegexScanner scanner = RegexScanner.of(expression);
        if (scanner == null) {
            return;
        }
        Re2KeyExtractor fast = new Re2KeyExtractor(expression);
        Re2KeyExtractor reference = new Re2KeyExtractor(expression, null);
        for (int i = 0; i < RECORDS_A_TRY; i++) {
            byte[] record = record(random);
            assertThat(KeyBytes.of(fast, record))
                    .as("%s in %s", expression, new String(record, StandardCharsets.ISO_8859_1))
                    .isEqualTo(KeyBytes.of(reference, record));
            if (isAscii(record) && new String(record, StandardCharsets.US_ASCII).indexOf('\n') < 0) {
                byte[] key = KeyBytes.of(fast, record);
                assertThat(key == null ? null : new String(key, StandardCharsets.US_ASCII))
                        .as("%s in %s", expression, new String(record, StandardCharsets.US_ASCII))
                        .isEqualTo(byJava(expression, record));
            }
        }
    }

    /** What stands for the whole of an expression finds as much of it. */
    @Property(tries = 2000)
    void shouldFindTheWholeOfAnExpression(@ForAll Random random) {
        String expression = expression(random);
        RegexScanner scanner = RegexScanner.ofWhole(expression);
        if (scanner == null) {
            return;
        }
        com.google.re2j.Matcher matcher =
                com.google.re2j.Pattern.compile(expression).matcher("");
        for (int i = 0; i < RECORDS_A_TRY; i++) {
            byte[] record = record(random);
            if (!isAscii(record)) {
                continue;
            }
            matcher.reset(new String(record, StandardCharsets.US_ASCII));
            try (NativeBytes memory = NativeBytes.of(record)) {
                RegexScanner.Result result = scanner.find(memory.address(), memory.address() + record.length);
                assertThat(result == RegexScanner.Result.MATCH)
                        .as("%s in %s", expression, new String(record, StandardCharsets.US_ASCII))
                        .isEqualTo(matcher.find());
                if (result == RegexScanner.Result.MATCH) {
                    assertThat(scanner.groupStart() - memory.address()).isEqualTo(matcher.start());
                    assertThat(scanner.groupEnd() - memory.address()).isEqualTo(matcher.end());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "^([0-9]+),",
                "user=(\\w+)",
                "(\\d+)",
                "^(\\S+) \\S+ x",
                "id=([^;]*);",
                "^.{3}",
                "([a-z]{2,3})-",
                "\"id\":\"([^\"]*)\"",
                "(a)$",
                "Accepted (key|password) for",
                "(?:user|id)=(\\w+)",
                "(?:\\[\\d+\\] )?user=(\\w+)",
                "([A-Z]+|\\d+)-",
                "((a)|b)",
                "level=(warn|error|info)",
                "(a)(b)?"
            })
    void shouldTakeOnSimpleExpressions(String expression) {
        String withGroup = expression.contains("(") ? expression : "(a)" + expression.substring(1);
        boolean simple = !withGroup.contains(".{");
        assertThat(RegexScanner.of(withGroup) != null).isEqualTo(simple);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a|ab)",
                "(a|)",
                "(a)|b",
                "(a)?b",
                "(?:(a)|b)",
                "(?:x(a))?b",
                "(?:ab)?(a)",
                "(?:ab*)?(b)",
                "((a|b)|c)",
                "(a|b)+",
                "(?:b)??(a)",
                "(^a|b)",
                "(a)+",
                "(.*),",
                "([^a]{2})",
                "(?i)(a)",
                "(a+?)",
                "(\u00e9)",
                "^^(a)",
                "(a$)",
                "[[:alpha:]](a)",
                "\\b(a)",
                "(\\x41)",
                "(\\pL)",
                "\\Qa\\E(b)",
                "(?P<n>a)",
                "(a+)a",
                "(a*)b?a"
            })
    void shouldLeaveOthersToRe2(String expression) {
        assertThat(RegexScanner.of(expression)).isNull();
    }

    /** From each of many places to the end and back would take hours. */
    @Test
    void shouldLeaveARecordToRe2ThatTakesTooLong() {
        byte[] record = "a".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
        RegexScanner scanner = RegexScanner.of("a([^x]*)x");
        try (NativeBytes memory = NativeBytes.of(record)) {
            assertThat(scanner.find(memory.address(), memory.address() + record.length))
                    .isEqualTo(RegexScanner.Result.UNDECIDED);
        }
        assertThat(KeyBytes.of(new Re2KeyExtractor("a([^x]*)x"), record)).isNull();
    }

    private static String expression(Random random) {
        StringBuilder expression = new StringBuilder(random.nextInt(3) == 0 ? "^" : "");
        int group = random.nextInt(3);
        int groupEnd = group + random.nextInt(3);
        int atoms = Math.max(groupEnd, 1 + random.nextInt(4));
        for (int i = 0; i <= atoms; i++) {
            expression.append(i == group ? "(" : "").append(i == groupEnd ? ")" : "");
            if (i < atoms) {
                expression.append(random.nextInt(3) == 0 ? alternatives(random) : repeated(random));
            }
        }
        return expression.append(random.nextInt(3) == 0 ? "$" : "").toString();
    }

    private static String repeated(Random random) {
        return ATOMS[random.nextInt(ATOMS.length)] + REPEATS[random.nextInt(REPEATS.length)];
    }

    /** Mostly of single letters, so that many of them are told apart, and occur in records. */
    private static String alternatives(Random random) {
        StringBuilder expression = new StringBuilder(random.nextInt(8) == 0 ? "(" : "(?:");
        for (int count = 1 + random.nextInt(3); count > 0; count--) {
            for (int atoms = 1 + random.nextInt(3); atoms > 0; atoms--) {
                expression.append(random.nextInt(5) == 0 ? repeated(random) : ATOMS[random.nextInt(2)]);
            }
            expression.append(count > 1 ? "|" : "");
        }
        return expression.append(random.nextInt(3) == 0 ? ")?" : ")").toString();
    }

    private static boolean isAscii(byte[] record) {
        for (byte one : record) {
            if (one < 0) {
                return false;
            }
        }
        return true;
    }

    /** Java's engine, where both mean the same: no characters beyond ASCII, no newline. */
    private static String byJava(String expression, byte[] record) {
        String text = new String(record, StandardCharsets.US_ASCII);
        int length = text.endsWith("\r") ? text.length() - 1 : text.length();
        Matcher matcher = Pattern.compile(expression, Pattern.UNIX_LINES).matcher(text.substring(0, length));
        return matcher.find() ? matcher.group(1) : null;
    }

    private static byte[] record(Random random) {
        java.io.ByteArrayOutputStream record = new java.io.ByteArrayOutputStream();
        for (int pieces = random.nextInt(12); pieces > 0; pieces--) {
            record.writeBytes(
                    random.nextInt(15) == 0
                            ? STRAYS[random.nextInt(STRAYS.length)]
                            : PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8));
        }
        return record.toByteArray();
    }
}
