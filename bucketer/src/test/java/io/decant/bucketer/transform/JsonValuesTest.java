package io.decant.bucketer.transform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class JsonValuesTest {

    private static void read(String json, Consumer<JsonValues> look, String... pointers) {
        byte[] bytes = json.getBytes(UTF_8);
        long address = Memory.allocate(bytes.length);
        try {
            Memory.copyFromArray(bytes, 0, bytes.length, address);
            JsonValues values = new JsonValues(List.of(pointers));
            // What was read before does not matter.
            values.read(address, bytes.length);
            assertThat(values.read(address, bytes.length)).isTrue();
            look.accept(values);
        } finally {
            Memory.free(address, bytes.length);
        }
    }

    private static String slice(JsonValues values, int pointer) {
        byte[] bytes = new byte[(int) (values.to(pointer) - values.from(pointer))];
        Memory.copyToArray(values.from(pointer), bytes, 0, bytes.length);
        return new String(bytes, UTF_8);
    }

    @Test
    void shouldFindValuesAsTheyStand() {
        read(
                " {\"a\": 1.50, \"b\" :{\"c\":[ 1,{\"d\":\"x\\u0041\\n\"}]},\"n\":null,\"t\":true,\"f\":false} ",
                values -> {
                    assertThat(slice(values, 0)).isEqualTo("1.50");
                    assertThat(values.text(0)).isEqualTo("1.50");
                    assertThat(slice(values, 1)).isEqualTo("\"x\\u0041\\n\"");
                    assertThat(values.text(1)).isEqualTo("xA\n");
                    assertThat(values.has(2)).isFalse();
                    assertThat(values.isNull(3)).isTrue();
                    assertThat(values.isNull(2)).isFalse();
                    assertThat(values.isTrue(4)).isTrue();
                    assertThat(values.isFalse(5)).isTrue();
                    assertThat(values.text(6)).isEqualTo("{\"c\":[ 1,{\"d\":\"x\\u0041\\n\"}]}");
                    assertThat(values.hasOther()).isFalse();
                },
                "/a",
                "/b/c/1/d",
                "/z",
                "/n",
                "/t",
                "/f",
                "/b");
    }

    @Test
    void shouldTakeTheLastOfMembersWithTheSameName() {
        read(
                "{\"a\":{\"b\":1},\"a\":{\"c\":2},\"d\":3,\"d\":4}",
                values -> {
                    assertThat(values.has(0)).isFalse();
                    assertThat(values.text(1)).isEqualTo("4");
                },
                "/a/b",
                "/d");
    }

    @Test
    void shouldTakeAPointerTwice() {
        read("{\"a\":1}", values -> assertThat(values.text(1)).isEqualTo("1"), "/a", "/a");
    }

    @Test
    void shouldNameAMemberThatNoPointerLeadsTo() {
        read(
                "{\"a\":1,\"x\\\"y\":{\"a\":1},\"z\":1}",
                values -> {
                    assertThat(values.hasOther()).isTrue();
                    assertThat(values.other()).isEqualTo("x\"y");
                },
                "/a");
        read("{\"a\":{\"other\":1}}", values -> assertThat(values.hasOther()).isFalse(), "/a/b");
    }

    @Test
    void shouldUndoEveryEscape() {
        read(
                "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\ud83d\\ude00\u00e9\"",
                values -> assertThat(values.text(0)).isEqualTo("\"\\/\b\f\n\r\t\ud83d\ude00\u00e9"),
                "");
    }

    @Test
    void shouldSayWhatIsNotJson() {
        byte[] bytes = "{\"a\":1".getBytes(UTF_8);
        long address = Memory.allocate(bytes.length);
        Memory.copyFromArray(bytes, 0, bytes.length, address);
        assertThat(new JsonValues(List.of("/a")).read(address, bytes.length)).isFalse();
        Memory.free(address, bytes.length);
    }
}
