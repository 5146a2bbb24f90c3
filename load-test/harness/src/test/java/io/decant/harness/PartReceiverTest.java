package io.decant.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartReceiverTest {
    private final List<String> received = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();
    private final PartReceiver receiver = new PartReceiver(this::take, refused::add);
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        receiver.close();
    }

    @Test
    void shouldHandOnPartsWithTheirHeaders() throws Exception {
        assertThat(post("a\nb\n", "")).isEqualTo(200);
        assertThat(post("c\n".repeat(1_000_000), "")).isEqualTo(200);
        assertThat(post("", "")).isEqualTo(200);
        receiver.run(() -> assertThat(received)
                .containsExactly(
                        "ReceivedPart[key=\"k\", batch=1, bucket=2, buckets=3, first=4, records=5, window=w] a\nb\n",
                        "ReceivedPart[key=\"k\", batch=1, bucket=2, buckets=3, first=4, records=5, window=w] "
                                + "c\n".repeat(1_000_000),
                        "ReceivedPart[key=\"k\", batch=1, bucket=2, buckets=3, first=4, records=5, window=w] "));
        assertThat(refused).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Idempotency-Key", "Decant-Batch", "Decant-Bucket", "Decant-Records", "Decant-Window"})
    void shouldRefuseARequestWithoutAHeader(String header) throws Exception {
        assertThat(post("a\n", header)).isEqualTo(400);
        receiver.run(() -> assertThat(refused).containsExactly("a request without " + header));
        assertThat(received).isEmpty();
    }

    private int post(String body, String without) throws Exception {
        String[] headers = {
            "Idempotency-Key",
            "\"k\"",
            "Decant-Batch",
            "1",
            "Decant-Bucket",
            "2",
            "Decant-Buckets",
            "3",
            "Decant-First",
            "4",
            "Decant-Records",
            "5",
            "Decant-Window",
            "w"
        };
        URI uri = URI.create("http://127.0.0.1:" + receiver.address().getPort() + "/buckets");
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            if (!headers[i].equals(without)) {
                request.header(headers[i], headers[i + 1]);
            }
        }
        return client.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    private void take(ReceivedPart part, long address, int length) {
        byte[] body = new byte[length];
        Memory.copyToArray(address, body, 0, length);
        received.add(part + " " + new String(body, StandardCharsets.UTF_8));
    }
}
