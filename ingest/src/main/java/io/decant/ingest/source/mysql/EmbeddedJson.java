package io.decant.ingest.source.mysql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Whether a value of a JSON column may stand in a record as it is. MariaDB takes for JSON what is none, as {@code [1.]}
 * and {@code "\q"}, and checks nothing where checks are switched off: a record with that in it would be no JSON.
 * Stateless.
 */
final class EmbeddedJson {

    private static final JsonFactory JSON = new JsonFactory();
    /** So many tell Jackson the encoding. */
    private static final int ENCODING_BYTES = 4;

    private static final int HIGHEST_UTF8_BYTE = 0xF4;
    /** Of the byte order mark; nothing else that JSON begins with has it. */
    private static final byte FIRST_OF_MARK = (byte) 0xEF;

    private EmbeddedJson() {}

    static boolean isJson(byte[] text) {
        if (!mayBeUtf8(text)) {
            return false;
        }
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            int depth = 0;
            do {
                switch (parser.currentToken()) {
                    case START_OBJECT, START_ARRAY -> depth++;
                    case END_OBJECT, END_ARRAY -> depth--;
                    default -> {}
                }
                if (depth == 0) {
                    // What stands behind the value must be nothing.
                    parser.finishToken();
                    return parser.nextToken() == null;
                }
            } while (parser.nextToken() != null);
            return false;
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Jackson guesses UTF-16 and UTF-32 by zeros and byte order marks among the first bytes, and passes over a mark of
     * UTF-8. A record is UTF-8 without one, and neither zeros nor marks can begin JSON in that.
     */
    private static boolean mayBeUtf8(byte[] text) {
        for (int i = 0; i < Math.min(text.length, ENCODING_BYTES); i++) {
            if (text[i] == 0 || Byte.toUnsignedInt(text[i]) > HIGHEST_UTF8_BYTE) {
                return false;
            }
        }
        return text.length == 0 || text[0] != FIRST_OF_MARK;
    }
}
