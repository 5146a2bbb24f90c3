package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.SettingsPrinter;
import io.decant.harness.BrokerProcess;
import io.decant.ingest.sink.http.TestCertificate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real broker that wants to know who it is, with a listener for each way to tell it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // What arrives tells what was sent.
class KafkaSecurityIT {

    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required username=";
    private static final String PASSWORD = KafkaWorld.ENVIRONMENT.get("KAFKA_PASSWORD");
    private static final String LOOPBACK = "127.0.0.1:";
    private static final String JAAS = "sasl.jaas.config";

    @TempDir
    private static Path brokerFolder;

    private static BrokerProcess broker;
    private static TestCertificate receiver;
    private static TestCertificate client;
    private static String saslTls;
    private static String saslPlain;
    private static String mutual;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBroker() throws Exception {
        receiver = TestCertificate.receiver(brokerFolder, "ip:127.0.0.1");
        client = TestCertificate.client(brokerFolder, "client");
        saslTls = LOOPBACK + Ports.next();
        saslPlain = LOOPBACK + Ports.next();
        mutual = LOOPBACK + Ports.next();
        broker = TestBroker.another(brokerFolder.resolve("broker"), secure(LOOPBACK + Ports.next()));
    }

    private static Map<String, String> secure(String controller) {
        String users = LOGIN + "\"broker\" password=\"b\" user_broker=\"b\" user_decant=\"" + PASSWORD + "\";";
        return Map.ofEntries(
                Map.entry(
                        "listeners",
                        "CLIENT://" + saslTls + ",OPEN://" + saslPlain + ",MUTUAL://" + mutual + ",CONTROLLER://"
                                + controller),
                Map.entry("controller.quorum.voters", "1@" + controller),
                Map.entry(
                        "listener.security.protocol.map",
                        "CONTROLLER:PLAINTEXT,CLIENT:SASL_SSL,OPEN:SASL_PLAINTEXT,MUTUAL:SSL"),
                Map.entry("sasl.enabled.mechanisms", "PLAIN"),
                Map.entry("sasl.mechanism.inter.broker.protocol", "PLAIN"),
                Map.entry("listener.name.client.plain.sasl.jaas.config", users),
                Map.entry("listener.name.open.plain.sasl.jaas.config", users),
                Map.entry("listener.name.mutual.ssl.client.auth", "required"),
                Map.entry("listener.name.mutual.ssl.truststore.type", "PEM"),
                Map.entry(
                        "listener.name.mutual.ssl.truststore.location",
                        client.certificate().toString()),
                Map.entry("ssl.keystore.type", "PKCS12"),
                Map.entry("ssl.keystore.location", receiver.store().toString()),
                Map.entry("ssl.keystore.password", TestCertificate.PASSWORD),
                Map.entry("ssl.key.password", TestCertificate.PASSWORD),
                Map.entry("ssl.truststore.type", "PEM"),
                Map.entry("ssl.truststore.location", receiver.certificate().toString()));
    }

    @AfterAll
    static void stopBroker() throws Exception {
        broker.close();
    }

    /** An engine factory of a user's own. */
    public static final class OwnEngines extends DefaultSslEngineFactory {

        private static final AtomicInteger made = new AtomicInteger();

        @Override
        public SSLEngine createClientSslEngine(String host, int port, String identification) {
            made.incrementAndGet();
            return super.createClientSslEngine(host, port, identification);
        }
    }

    @Test
    void shouldReadOverTlsWithAPasswordThatNothingShows() throws Exception {
        Map<String, String> tls = new HashMap<>(trusting("SASL_SSL"));
        tls.put("sasl.mechanism", "PLAIN");
        shouldReadWithAPasswordThatNothingShows(saslTls, tls, "secret");
    }

    /** The password is not encrypted on its way, and our engine is the one that Kafka's client has in place of TLS. */
    @Test
    void shouldReadWithoutTlsWithAPasswordThatNothingShows() throws Exception {
        shouldReadWithAPasswordThatNothingShows(
                saslPlain, Map.of("security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN"), "open-secret");
    }

    private void shouldReadWithAPasswordThatNothingShows(String address, Map<String, String> properties, String topic)
            throws Exception {
        produce(address, with(properties, JAAS, login(PASSWORD)), topic);
        try (KafkaWorld world = new KafkaWorld(folder.resolve("server"), address, topic)) {
            world.start(sets(with(properties, JAAS, login("wrong"))));
            awaitRefusal(world, address, "Authentication failed");
            world.end();

            String[] right = sets(with(properties, JAAS, login("${KAFKA_PASSWORD}")));
            world.start(right);
            world.awaitRecords(1);
            assertThat(SettingsPrinter.print(world.settings(right))).doesNotContain(PASSWORD);
            assertThat(world.server().status().toString()).doesNotContain(PASSWORD);
            world.stop();
            assertThat(world.values()).containsExactly("for our eyes");
        }
    }

    @Test
    void shouldReadOverTlsAsTheOneWhoseCertificateItHas() throws Exception {
        Map<String, String> right = mutual(TestCertificate.PASSWORD);
        produce(mutual, right, "mutual");
        try (KafkaWorld world = new KafkaWorld(folder.resolve("server"), mutual, "mutual")) {
            world.start(sets(trusting("SSL")));
            awaitRefusal(world, mutual, "certificate");
            world.end();

            world.start(sets(mutual("${KEY_PASSWORD}")));
            world.awaitRecords(1);
            world.stop();
            assertThat(world.values()).containsExactly("for our eyes");
        }
    }

    @Test
    void shouldReadOverTheTlsEnginesThatThePropertiesName() throws Exception {
        Map<String, String> own =
                with(mutual(TestCertificate.PASSWORD), "ssl.engine.factory.class", OwnEngines.class.getName());
        produce(mutual, mutual(TestCertificate.PASSWORD), "own-engines");
        try (KafkaWorld world = new KafkaWorld(folder.resolve("server"), mutual, "own-engines")) {
            world.start(sets(own));
            world.awaitRecords(1);
            world.stop();
            assertThat(world.values()).containsExactly("for our eyes");
        }
        assertThat(OwnEngines.made).hasPositiveValue();
    }

    /** The source says why it cannot read, and holds nothing else up. */
    private static void awaitRefusal(KafkaWorld world, String address, String why) {
        world.await(reading -> reading.state().equals("failing"));
        assertThat(world.reading().lastError())
                .contains(address + " cannot be read: ")
                .contains(why);
        assertThat(world.server().status().notReady()).isEmpty();
    }

    private static String login(String password) {
        return LOGIN + "\"decant\" password=\"" + password + "\";";
    }

    private static Map<String, String> trusting(String protocol) {
        return Map.of(
                "security.protocol",
                protocol,
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                receiver.certificate().toString());
    }

    private static Map<String, String> mutual(String password) {
        Map<String, String> properties = new HashMap<>(trusting("SSL"));
        properties.putAll(Map.of(
                "ssl.keystore.type",
                "PKCS12",
                "ssl.keystore.location",
                client.store().toString(),
                "ssl.keystore.password",
                password,
                "ssl.key.password",
                password));
        return properties;
    }

    private static Map<String, String> with(Map<String, String> properties, String name, String value) {
        Map<String, String> more = new HashMap<>(properties);
        more.put(name, value);
        return more;
    }

    private static String[] sets(Map<String, String> properties) {
        List<String> sets = new ArrayList<>();
        properties.forEach((name, value) -> sets.add("sources.clicks.properties." + name + "='" + value + "'"));
        return sets.toArray(String[]::new);
    }

    private static void produce(String address, Map<String, String> properties, String topic) throws Exception {
        Map<String, Object> admin = new HashMap<>(properties);
        admin.put("bootstrap.servers", address);
        try (Admin made = Admin.create(admin)) {
            made.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
        try (KafkaProducer<byte[], byte[]> producer = TestBroker.producer(address, new HashMap<>(properties))) {
            producer.send(new ProducerRecord<>(topic, "for our eyes".getBytes(UTF_8)));
        }
    }
}
