package io.decant.ingest.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class EventDataTest {

    @Test
    void shouldBeJsonInOneLine() {
        String data = new EventData()
                .add("a", "say \"why\"\n\\ \u0001\u202e \u00e9")
                .add("b", (String) null)
                .add("c", 3L)
                .add("d", (Long) null)
                .add("e", true)
                .add("f", List.of("x", "y"))
                .add("g", List.of())
                .addJson("h", "{}")
                .end();
        assertThat(data)
                .isEqualTo("{\"a\":\"say \\\"why\\\"\\u000a\\\\ \\u0001\\u202e \u00e9\",\"b\":null,\"c\":3,\"d\":null,"
                        + "\"e\":true,\"f\":[\"x\",\"y\"],\"g\":[],\"h\":{}}");
    }

    /** Line ends of any kind would end the line of an event. */
    @Property
    void shouldSayAnyText(@ForAll String text) {
        String data = new EventData().add(text, text).end();
        assertThat(data).doesNotContain("\n", "\r");
        JsonObject read = new JsonObject(data);
        assertThat(read.getString(text)).isEqualTo(text);
    }
}
