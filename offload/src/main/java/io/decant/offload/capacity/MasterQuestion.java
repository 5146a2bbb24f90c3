package io.decant.offload.capacity;

import java.util.Map;

/**
 * What the process that asks a standalone master is to ask: one JSON object on its standard input, since properties may
 * be secret.
 *
 * @param master {@code spark://host:port}
 * @param conf properties of Spark
 */
public record MasterQuestion(String master, Map<String, String> conf) {

    public MasterQuestion {
        conf = Map.copyOf(conf);
    }
}
