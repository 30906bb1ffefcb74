deploy --name amqp ${comfyee.root}/server-config/target/dist/apps/amqp.rar
deploy --name worker --contextroot worker ${comfyee.root}/server-config/target/dist/apps/worker.war
