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

    private EmbeddedJson() {}

    static boolean isJson(byte[] text) {
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
}
