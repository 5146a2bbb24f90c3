package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.SettingsPrinter;
import io.decant.ingest.demo.BrokerProcess;
import io.decant.ingest.sink.TestCertificate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real broker that speaks TLS alone and wants to know who it is. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // What arrives tells what was sent.
class KafkaSecurityIT {

    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required username=";

    @TempDir
    Path folder;

    @Test
    void shouldReadOverTlsWithAPasswordThatNothingShows() throws Exception {
        TestCertificate certificate = TestCertificate.receiver(folder, "ip:127.0.0.1");
        String password = KafkaWorld.ENVIRONMENT.get("KAFKA_PASSWORD");
        try (BrokerProcess broker = TestBroker.another(folder.resolve("broker"), secure(certificate, password))) {
            Map<String, Object> client = Map.of(
                    "security.protocol", "SASL_SSL",
                    "sasl.mechanism", "PLAIN",
                    "sasl.jaas.config", LOGIN + "\"decant\" password=\"" + password + "\";",
                    "ssl.truststore.type", "PEM",
                    "ssl.truststore.location", certificate.certificate().toString());
            produce(broker, client);
            try (KafkaWorld world = new KafkaWorld(folder.resolve("server"), broker.address(), "secret")) {
                List<String> sets = new ArrayList<>();
                client.forEach((name, value) -> sets.add("sources.clicks.properties." + name + "='" + value + "'"));
                String jaas = "sources.clicks.properties.sasl.jaas.config='" + LOGIN + "\"decant\" password=\"";
                String[] wrong = with(sets, jaas + "wrong\";'");
                world.start(wrong);
                world.await(reading -> reading.state().equals("failing"));
                assertThat(world.reading().lastError())
                        .contains(broker.address() + " cannot be read: ")
                        .contains("Authentication failed");
                assertThat(world.server().status().notReady()).isEmpty();
                world.end();

                String[] right = with(sets, jaas + "${KAFKA_PASSWORD}\";'");
                world.start(right);
                world.awaitRecords(1);
                assertThat(SettingsPrinter.print(world.settings(right))).doesNotContain(password);
                assertThat(world.server().status().toString()).doesNotContain(password);
                world.stop();
                assertThat(world.values()).containsExactly("for our eyes");
            }
        }
    }

    private static String[] with(List<String> sets, String last) {
        return Stream.concat(sets.stream(), Stream.of(last)).toArray(String[]::new);
    }

    private static void produce(BrokerProcess broker, Map<String, Object> client) throws Exception {
        Map<String, Object> admin = new HashMap<>(client);
        admin.put("bootstrap.servers", broker.address());
        try (Admin made = Admin.create(admin)) {
            made.createTopics(List.of(new NewTopic("secret", 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        try (KafkaProducer<byte[], byte[]> producer = TestBroker.producer(broker.address(), client)) {
            producer.send(new ProducerRecord<>("secret", "for our eyes".getBytes(UTF_8)));
        }
    }

    private static Map<String, String> secure(TestCertificate certificate, String password) {
        return Map.ofEntries(
                Map.entry("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,CLIENT:SASL_SSL"),
                Map.entry("sasl.enabled.mechanisms", "PLAIN"),
                Map.entry("sasl.mechanism.inter.broker.protocol", "PLAIN"),
                Map.entry(
                        "listener.name.client.plain.sasl.jaas.config",
                        LOGIN + "\"broker\" password=\"b\" user_broker=\"b\" user_decant=\"" + password + "\";"),
                Map.entry("ssl.keystore.type", "PKCS12"),
                Map.entry("ssl.keystore.location", certificate.store().toString()),
                Map.entry("ssl.keystore.password", TestCertificate.PASSWORD),
                Map.entry("ssl.key.password", TestCertificate.PASSWORD),
                Map.entry("ssl.truststore.type", "PEM"),
                Map.entry("ssl.truststore.location", certificate.certificate().toString()));
    }
}
