package io.decant.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A text whose words are as frequent as those of a language are, and how often each comes in it. */
final class WordText {

    private static final int WORDS = 50_000;
    private static final int WORDS_PER_LINE = 12;

    private WordText() {}

    /**
     * Writes it; the same for the same size.
     *
     * @param bytes that it has at least
     * @return how often each word comes
     */
    static Map<String, Long> write(OutputStream out, long bytes) throws IOException {
        Random random = new Random(11);
        long[] counts = new long[WORDS];
        long written = 0;
        StringBuilder line = new StringBuilder();
        while (written < bytes) {
            line.setLength(0);
            for (int word = 0; word < WORDS_PER_LINE; word++) {
                // The n-th word comes about 1/n as often as the first one.
                int number = (int) Math.pow(WORDS, random.nextDouble()) - 1;
                counts[number]++;
                line.append(word == 0 ? "" : " ").append("word").append(number);
            }
            byte[] text = line.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
            out.write(text);
            written += text.length;
        }
        Map<String, Long> found = new TreeMap<>();
        for (int word = 0; word < WORDS; word++) {
            if (counts[word] > 0) {
                found.put("word" + word, counts[word]);
            }
        }
        return found;
    }
}
