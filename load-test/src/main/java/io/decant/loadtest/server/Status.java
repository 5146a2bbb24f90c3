package io.decant.loadtest.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.decant.offload.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** One answer of {@code /status}. */
record Status(JsonNode json) {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Asks the server whose admin endpoint is at {@code address}. */
    static Status of(HttpClient client, String address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/status"))
                .timeout(PATIENCE)
                .build();
        return parse(client.send(request, BodyHandlers.ofString()).body());
    }

    static Status parse(String answer) throws IOException {
        return new Status(Json.read(answer, ObjectNode.class));
    }

    /** The value at a JSON pointer. */
    String text(String pointer) throws IOException {
        JsonNode value = json.at(pointer);
        if (value.isMissingNode()) {
            throw new IOException("/status has no " + pointer + ": " + json);
        }
        return value.asText();
    }

    long number(String pointer) throws IOException {
        return Long.parseLong(text(pointer));
    }
}
