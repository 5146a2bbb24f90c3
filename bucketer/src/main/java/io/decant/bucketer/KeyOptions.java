package io.decant.bucketer;

import java.util.List;
import java.util.function.Supplier;

/** Keys of lines, as the options of a command line name them. Stateless. */
public final class KeyOptions {

    private KeyOptions() {}

    /**
     * Reads the options {@code --key}, {@code --fold} and {@code --csv-delimiter}.
     *
     * @param keys at least one, as {@link KeySpec#parse(List)} reads them
     * @param fold the word of a {@link Fold}
     * @param csvDelimiter as {@link KeySpec#parseDelimiter} reads it
     * @throws KeySpecException whose message begins with the option that is wrong: {@code --key: 'csv:0' has no column}
     */
    public static KeySpec read(List<String> keys, String fold, String csvDelimiter) {
        String shown = "'" + String.join(", ", keys) + "'";
        KeySpec parsed = option("--key: " + shown + " ", () -> KeySpec.parse(keys));
        if (parsed.needsKafka()) {
            throw new KeySpecException(
                    "--key: " + shown + " is the key beside a record of Kafka's, and lines of a file have none",
                    "try json:/pointer, csv:N or regex:EXPR");
        }
        Fold folded = option("--fold: ", () -> Fold.of(fold));
        char delimiter = option("--csv-delimiter: '" + csvDelimiter + "' ", () -> KeySpec.parseDelimiter(csvDelimiter));
        return option("--key: " + shown + " ", () -> parsed.with(folded, delimiter));
    }

    private static <T> T option(String before, Supplier<T> read) {
        try {
            return read.get();
        } catch (KeySpecException e) {
            throw new KeySpecException(before + e.text(), e.wayOut());
        }
    }
}
