package io.decant.bucketer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * What each character is folded to: simple case folding, and for {@link Fold#CASE_ACCENT} the first character of its
 * canonical decomposition, folded, without the marks behind it. By Unicode {@value #UNICODE}, in a file and not by the
 * JDK: the server and the executors of a cluster may run different ones, and must fold alike. Immutable.
 */
final class FoldingTable {

    /** Part of the version of the semantics of keys: another one is another version. */
    static final String UNICODE = "13.0";

    /** In place of a character: there is none. */
    static final int DROPPED = -1;

    private static final String RESOURCE = "folding-" + UNICODE + ".txt";
    private static final int PAGE_BITS = 8;
    private static final int PAGES = (Character.MAX_CODE_POINT + 1) >>> PAGE_BITS;
    private static final int HEX = 16;

    private static final FoldingTable CASE = read(Fold.CASE);
    private static final FoldingTable CASE_ACCENT = read(Fold.CASE_ACCENT);

    private final int[][] pages = new int[PAGES][];

    private FoldingTable() {}

    static FoldingTable of(Fold fold) {
        return fold == Fold.CASE_ACCENT ? CASE_ACCENT : CASE;
    }

    /** What a character becomes; {@link #DROPPED}: nothing. */
    int fold(int character) {
        int[] page = pages[character >>> PAGE_BITS];
        return page == null ? character : page[character & ((1 << PAGE_BITS) - 1)];
    }

    private static FoldingTable read(Fold fold) {
        FoldingTable table = new FoldingTable();
        try (InputStream in = FoldingTable.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not on the class path: the build is broken");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            String section = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ", 0);
                if (words.length == 1) {
                    section = line;
                } else if (section.equals(fold.word())) {
                    table.put(words);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return table;
    }

    private void put(String[] words) {
        int last = Integer.parseInt(words[1], HEX);
        int step = Integer.parseInt(words[2]);
        for (int character = Integer.parseInt(words[0], HEX); character <= last; character += step) {
            int folded = words[3].equals("-") ? DROPPED : character + Integer.parseInt(words[3]);
            page(character)[character & ((1 << PAGE_BITS) - 1)] = folded;
        }
    }

    private int[] page(int character) {
        int number = character >>> PAGE_BITS;
        if (pages[number] == null) {
            pages[number] = new int[1 << PAGE_BITS];
            for (int i = 0; i < 1 << PAGE_BITS; i++) {
                pages[number][i] = (number << PAGE_BITS) + i;
            }
        }
        return pages[number];
    }
}
