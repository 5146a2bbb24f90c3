package io.decant.loadtest.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.filter.FilteringParserDelegate;
import com.fasterxml.jackson.core.filter.JsonPointerBasedFilter;
import com.fasterxml.jackson.core.filter.TokenFilter.Inclusion;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** One answer of {@code /status}. */
record Status(String json) {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final JsonFactory JSON = new JsonFactory();

    /** Asks the server whose admin endpoint is at {@code address}. */
    static Status of(HttpClient client, String address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/status"))
                .timeout(PATIENCE)
                .build();
        return new Status(client.send(request, BodyHandlers.ofString()).body());
    }

    /** The value at a JSON pointer. */
    String text(String pointer) throws IOException {
        try (JsonParser parser = new FilteringParserDelegate(
                JSON.createParser(json), new JsonPointerBasedFilter(pointer), Inclusion.ONLY_INCLUDE_ALL, false)) {
            if (parser.nextToken() == null) {
                throw new IOException("/status has no " + pointer + ": " + json);
            }
            return parser.getText();
        }
    }

    long number(String pointer) throws IOException {
        return Long.parseLong(text(pointer));
    }
}
