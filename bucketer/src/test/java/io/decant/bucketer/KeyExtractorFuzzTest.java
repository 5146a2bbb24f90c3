package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whatever the settings and cuts say and whatever the record is: a text that is no key is a {@link KeySpecException};
 * one that is a key is the same key when it is read back from what it is written as; and the key of a record depends on
 * the record's bytes alone, is found again by a second look, in a frame as in a line, and of CSV is what FastCSV finds.
 *
 * <p>The input is keys of the settings, a line each, up to a zero byte, and a record.
 */
class KeyExtractorFuzzTest extends FuzzTarget {

    private static final String CSV = "csv:";

    @Override
    protected void check(byte[] input) {
        FuzzBytes bytes = new FuzzBytes(input);
        Fold fold = bytes.one(Fold.values());
        char delimiter = ",;\t|".charAt(bytes.number(4));
        List<String> settings = bytes.text().lines().toList();
        byte[] record = bytes.rest();
        for (String setting : settings) {
            key(() -> KeySpec.of(setting)).ifPresent(key -> check(key, record));
            key(() -> KeySpec.parse(setting)).ifPresent(key -> checkSetting(key, record));
        }
        if (settings.size() > 1) {
            key(() -> KeySpec.parse(settings)).ifPresent(key -> {
                checkSetting(key, record);
                checkWritten(key.with(fold, delimiter), record);
            });
        }
    }

    private static Optional<KeySpec> key(Supplier<KeySpec> text) {
        try {
            return Optional.of(text.get());
        } catch (KeySpecException e) {
            return Optional.empty();
        }
    }

    private static void checkSetting(KeySpec key, byte[] record) {
        if (!key.isSeveral()) {
            assertThat(KeySpec.parse(key.setting())).isEqualTo(key);
        }
        checkWritten(key, record);
    }

    private static void checkWritten(KeySpec key, byte[] record) {
        KeySpec again = KeySpec.of(key.toString());
        assertThat(again).isEqualTo(key);
        assertThat(hashes(again, record, "")).isEqualTo(hashes(key, record, ""));
        check(key, record);
    }

    private static void check(KeySpec key, byte[] record) {
        List<Long> hashes = hashes(key, record, "");
        assertThat(hashes).isEqualTo(hashes(key, record, "\",;1}]\\u00e9\n"));
        if (!key.isSeveral()) {
            checkShown(key, record);
        }
        String text = key.toString();
        if (text.startsWith(CSV) && text.length() < CSV.length() + 6) {
            byte[] found = KeyBytes.of(key.newExtractor(), record);
            int column = Integer.parseInt(text.substring(CSV.length()));
            assertThat(found).isEqualTo(new FastCsvKeys(column).key(record, record.length));
        }
    }

    /** What the keys of a record hash to, by two looks, in a line and in a frame. */
    private static List<Long> hashes(KeySpec key, byte[] record, String behind) {
        KeyHasher hasher = KeyHasher.of(new Keying(key, MissingKey.RECORD, 1));
        byte[] frame = TestRecord.frame(null, text(record)).bytes();
        try (NativeBytes line = NativeBytes.of((text(record) + behind).getBytes(StandardCharsets.ISO_8859_1));
                NativeBytes framed = NativeBytes.of(frame)) {
            List<Long> first = hashes(hasher, line.address(), record.length);
            hasher.hash(line.address(), record.length / 2);
            assertThat(hashes(hasher, line.address(), record.length)).isEqualTo(first);
            long inFrame = hasher.hashFrame(framed.address());
            assertThat(inFrame).isEqualTo(first.get(0));
            return first;
        }
    }

    private static List<Long> hashes(KeyHasher hasher, long address, int length) {
        List<Long> hashes = new ArrayList<>(List.of(hasher.hash(address, length)));
        for (int slot = 1; slot < hasher.slots(); slot++) {
            hashes.add(hasher.slot(slot));
        }
        return hashes;
    }

    /** Copies stay within what they are given; what is shown is a beginning of what is shown with more room. */
    private static void checkShown(KeySpec key, byte[] record) {
        KeyExtractor extractor = key.newExtractor();
        try (NativeBytes line = NativeBytes.of(record)) {
            if (!extractor.find(line.address(), line.length())) {
                return;
            }
            byte[] shown = extractor.firstBytes(64);
            assertThat(shown.length).isLessThanOrEqualTo(64);
            assertThat(text(extractor.firstBytes(EscapedText.WINDOW_BYTES))).startsWith(text(shown));
            long copy = extractor.copyBytesMax();
            long compared = extractor.comparedBytesMax();
            try (NativeBytes room = NativeBytes.of(new byte[(int) Math.max(copy, compared)])) {
                assertThat((long) extractor.copyTo(room.address())).isBetween(0L, copy);
                assertThat((long) extractor.copyComparedTo(room.address())).isBetween(0L, compared);
            }
        }
    }
}
