package io.decant.bucketer;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import java.nio.charset.StandardCharsets;

/** Keys of CSV records by FastCSV, as 0.1.0 found them; every batch that it cut must keep them. */
final class FastCsvKeys {

    private static final int BUFFER_CHARS_MAX = Integer.MAX_VALUE - 8;

    private final CsvReader.CsvReaderBuilder reader =
            CsvReader.builder().skipEmptyLines(false).maxBufferSize(BUFFER_CHARS_MAX);
    private final int column;

    /** @param column from 1 */
    FastCsvKeys(int column) {
        this.column = column;
    }

    byte[] key(byte[] record, int length) {
        int rowLength = length > 0 && record[length - 1] == '\r' ? length - 1 : length;
        if (rowLength == 0) {
            return column == 1 ? new byte[0] : null;
        }
        // What gives a row its shape is ASCII, so bytes can go as characters of the same number, whatever they mean.
        String row = new String(record, 0, rowLength, StandardCharsets.ISO_8859_1);
        FieldHandler field = new FieldHandler(column - 1);
        try {
            reader.ofSingleCsvRecord(field, row);
        } catch (CsvParseException e) {
            return null;
        }
        return field.key;
    }

    /** Keeps one field of a row. */
    private static final class FieldHandler extends AbstractBaseCsvCallbackHandler<Boolean> {

        private final int wanted;
        private byte[] key;

        private FieldHandler(int wanted) {
            this.wanted = wanted;
        }

        @Override
        protected void handleField(int index, char[] text, int offset, int length, boolean quoted) {
            if (index == wanted) {
                key = new String(text, offset, length).getBytes(StandardCharsets.ISO_8859_1);
            }
        }

        @Override
        protected Boolean buildRecord() {
            return key != null;
        }
    }
}
