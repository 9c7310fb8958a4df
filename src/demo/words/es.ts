// Spanish.
import type { Words } from './words.ts';

export const es: Words = {
  titles: {
    concert: ['{act} en concierto', '{act}: gira de salas'],
    classical: ['{act}', '{act}: concierto de temporada'],
    theatre: ['{act}', '{act}, nueva producción'],
    comedy: ['{act}: risas en {city}', '{act}, en directo'],
    dance: ['{act}', '{act} en {venue}'],
    family: ['{act}, para toda la familia', '{act}'],
    talk: ['Conversaciones: {act}', '{act}'],
    sport: ['{act}: jornada en {city}', '{act}'],
  },
  descriptions: {
    concert:
      '{act} presenta en {city} sus canciones nuevas y las de siempre, con banda completa. Puertas una hora antes.',
    classical:
      '{act} en {venue}. Introducción a las obras media hora antes del concierto; duración aproximada, dos horas con descanso.',
    theatre:
      '{act} vuelve a escena en {city}: un reparto joven y una puesta en escena sin adornos. Sin entreacto.',
    comedy: 'Una noche de humor con {act} en {venue}. Recomendado para mayores de 16 años.',
    dance: '{act} llega a {venue} con música en directo. Coloquio con la compañía tras la función.',
    family:
      '{act}: una tarde de música, objetos y sombras para niños a partir de 4 años y quienes los acompañan.',
    talk: '{act}. Charla y preguntas del público en {venue}; la sesión termina con firma de libros.',
    sport: '{act} en {venue}. Apertura de puertas dos horas antes; zona familiar en la grada lateral.',
  },
};
