package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** JSON and CSV keys are byte for byte those of 0.1.0, whatever the record: cuts keep their meaning for ever. */
class KeyReferenceTest {

    private static final int RECORDS_A_TRY = 200;
    private static final String CHANGES = "{}[]\":,\\u1ae0- \n\0\u00c3\u00a9/#'";
    private static final String[] POINTERS = {"", "/a", "/a/b", "/0", "/a/1", "/\u00e9", "/\ud83d\ude00", "/~1", "/"};
    private static final String[] NAMES = {
        "a",
        "b",
        "\u00e9",
        "\ud83d\ude00",
        "",
        "/",
        "\\u0061",
        "\\u00e9",
        "\\ud83d\\ude00",
        "\\ud83d",
        "\\ud83dx",
        "\\ude00",
        "0",
        "\\/",
        "aa",
        "\\n"
    };
    private static final String[] TEXTS = {
        "",
        "x",
        "\\n\\t\\\"",
        "\\u0000",
        "\\ud83d\\ude00",
        "\\ud83d",
        "\\ude00x",
        "\\ud83d\\ud83d\\ude00",
        "\u00e9\u6f22",
        "\ud83d\ude00",
        "\\x",
        "\\u12g4",
        "0123456789 long enough for words",
        "0123456\\n",
        "\u007f"
    };
    private static final String[] LITERALS = {
        "1",
        "-0",
        "1.50",
        "1e400",
        "-1E-7",
        "01",
        "1.",
        ".5",
        "-",
        "+1",
        "1e",
        "true",
        "false",
        "null",
        "nul",
        "truex",
        "NaN",
        "00",
        "-01",
        "0.0e+1",
        "12345678901234567890"
    };
    private static final String[] SPACES = {"", "", "", " ", "\t", "\r\n", "\f", "\u00a0"};
    // Not 0xFF: Jackson takes "\xFFa" for a name "a" that it saw in an earlier record, so there is no telling what key
    // that was.
    // Overlong, surrogates, beyond U+10FFFF, cut short, strays.
    private static final int[][] ODD = {
        {0xC0, 0xAF},
        {0xC1, 0x81},
        {0xE0, 0x80, 0x80},
        {0xE0, 0x81, 0xA1},
        {0xED, 0xA0, 0x80},
        {0xED, 0xB0, 0x80},
        {0xF0, 0x80, 0x80, 0xAF},
        {0xF4, 0x90, 0x80, 0x80},
        {0xF5, 0x80, 0x80, 0x80},
        {0xF7, 0xBF, 0xBF, 0xBF},
        {0xF8},
        {0x80},
        {0xC3},
        {0xE6, 0xBC},
        {0xF0, 0x9F, 0x98},
        {0xFE},
        {0},
        {0xEF, 0xBB, 0xBF},
        {0xF0, 0x8F, 0xBF, 0xBF}
    };

    @Property(tries = 150)
    void shouldFindTheJsonKeysOf010(@ForAll Random random) {
        for (String pointer : POINTERS) {
            JsonPath path = JsonPath.of(pointer);
            JacksonKeys reference = new JacksonKeys(path);
            JsonKeyExtractor extractor = new JsonKeyExtractor(path);
            for (int i = 0; i < RECORDS_A_TRY; i++) {
                byte[] record = json(random);
                assertThat(KeyBytes.of(extractor, record))
                        .as("%s of %s", pointer, new String(record, StandardCharsets.ISO_8859_1))
                        .isEqualTo(reference.key(record, record.length));
            }
        }
    }

    @Property(tries = 100)
    void shouldFindTheCsvKeysOf010(@ForAll Random random) {
        for (int column = 1; column <= 3; column++) {
            FastCsvKeys reference = new FastCsvKeys(column);
            CsvKeyExtractor extractor = new CsvKeyExtractor(column);
            for (int i = 0; i < 5 * RECORDS_A_TRY; i++) {
                byte[] record = new byte[random.nextInt(14)];
                for (int at = 0; at < record.length; at++) {
                    record[at] = (byte) "a,,\"\"\"\r\n\0\u00e9".charAt(random.nextInt(10));
                }
                assertThat(KeyBytes.of(extractor, record))
                        .as("%d of %s", column, new String(record, StandardCharsets.ISO_8859_1))
                        .isEqualTo(reference.key(record, record.length));
            }
        }
    }

    static byte[] json(Random random) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        if (random.nextInt(20) == 0) {
            put(text, "\uFEFF");
        }
        value(random, text, 0);
        byte[] record = text.toByteArray();
        return random.nextInt(3) == 0 ? changed(record, random) : record;
    }

    private static void value(Random random, ByteArrayOutputStream to, int depth) {
        space(random, to);
        int kind = random.nextInt(depth > 4 ? 5 : 10);
        if (kind < 2) {
            put(to, LITERALS[random.nextInt(random.nextInt(3) == 0 ? LITERALS.length : 4)]);
        } else if (kind < 5) {
            string(random, to, TEXTS);
        } else {
            container(random, to, depth, kind < 8);
        }
        space(random, to);
    }

    private static void container(Random random, ByteArrayOutputStream to, int depth, boolean object) {
        to.write(object ? '{' : '[');
        int members = random.nextInt(4);
        for (int i = 0; i < members; i++) {
            if (i > 0) {
                to.write(',');
            }
            if (object) {
                space(random, to);
                string(random, to, NAMES);
                space(random, to);
                to.write(':');
            }
            value(random, to, depth + 1);
        }
        to.write(object ? '}' : ']');
    }

    private static void string(Random random, ByteArrayOutputStream to, String[] texts) {
        to.write('"');
        for (int parts = 1 + random.nextInt(3) / 2; parts > 0; parts--) {
            put(to, texts[random.nextInt(texts.length)]);
            if (random.nextInt(12) == 0) {
                odd(random, to);
            }
        }
        to.write('"');
    }

    private static void odd(Random random, ByteArrayOutputStream to) {
        for (int b : ODD[random.nextInt(ODD.length)]) {
            to.write(b);
        }
    }

    private static void space(Random random, ByteArrayOutputStream to) {
        put(to, SPACES[random.nextInt(random.nextInt(8) == 0 ? SPACES.length : 6)]);
    }

    private static void put(ByteArrayOutputStream to, String text) {
        to.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] changed(byte[] record, Random random) {
        List<Byte> bytes = new ArrayList<>();
        for (byte b : record) {
            bytes.add(b);
        }
        for (int changes = 1 + random.nextInt(2); changes > 0 && !bytes.isEmpty(); changes--) {
            int at = random.nextInt(bytes.size());
            byte other = (byte) CHANGES.charAt(random.nextInt(CHANGES.length()));
            switch (random.nextInt(3)) {
                case 0 -> bytes.remove(at);
                case 1 -> bytes.set(at, other);
                default -> bytes.add(at, other);
            }
        }
        byte[] made = new byte[bytes.size()];
        for (int i = 0; i < made.length; i++) {
            made[i] = bytes.get(i);
        }
        return made;
    }
}
