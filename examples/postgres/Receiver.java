import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.Executors;

/**
 * Stores what Decant delivers in PostgreSQL, each request in one transaction and exactly once.
 *
 * <p>Run as {@code java -cp postgresql.jar Receiver.java PORT JDBC-URL}; the tables are in {@code schema.sql}.
 */
public final class Receiver {

    /**
     * Inserts nothing where the key is there already; where a transaction under way brings it, this waits for its end.
     */
    private static final String REMEMBER = "INSERT INTO request (idempotency_key) VALUES (?) ON CONFLICT DO NOTHING";

    /** Fails with SQLSTATE 21000 where an id stands in the request twice. Decant sends none that does. */
    private static final String UPSERT = """
            INSERT INTO price (id, price)
            SELECT id, price FROM json_to_recordset(?::json) AS record (id text, price numeric)
            ON CONFLICT (id) DO UPDATE SET price = excluded.price""";

    private static final String APPEND = """
            INSERT INTO price_history (id, price, request)
            SELECT id, price, ? FROM json_to_recordset(?::json) AS record (id text, price numeric)""";

    /** At least the sink's {@code concurrency}. */
    private static final int THREADS = 8;

    public static void main(String[] args) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 0);
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        server.createContext("/", exchange -> handle(exchange, args[1]));
        server.start();
    }

    private static void handle(HttpExchange exchange, String database) throws IOException {
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        try {
            boolean isNew = store(database, key, body);
            answer(exchange, 200, key + (isNew ? "" : " again"));
        } catch (SQLException e) {
            answer(exchange, status(e), key + " " + e.getSQLState() + " " + e.getMessage());
        }
    }

    /** Stores all of a request, or nothing if it was stored before, and says whether it is new. */
    private static boolean store(String database, String key, String body) throws SQLException {
        // A busy receiver would take its connections from a pool.
        try (Connection connection = DriverManager.getConnection(database)) {
            connection.setAutoCommit(false);
            boolean isNew = update(connection, REMEMBER, key) == 1;
            if (isNew) {
                update(connection, UPSERT, body);
                update(connection, APPEND, key, body);
            }
            connection.commit();
            return isNew;
        }
    }

    private static int update(Connection connection, String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            return statement.executeUpdate();
        }
    }

    /** 422 where the data is at fault: Decant then looks for the one bad record. Anything else it tries again. */
    private static int status(SQLException e) {
        return switch (String.valueOf(e.getSQLState()).substring(0, 2)) {
            case "21", "22", "23", "54" -> 422; // a key twice, a wrong value, a constraint, too long
            case "08", "40", "53", "57" -> 503; // no connection, rolled back, no resources, shutting down
            default -> 500;
        };
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        System.out.println(status + " " + text.replace('\n', ' '));
        byte[] body = status == 200 ? new byte[0] : text.getBytes(UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
